#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace_io/run_source.h"

namespace moe {

/// Stands for the model of an imported run where the source does not name it.
inline constexpr const char* kUnnamedModel = "imported";

/// What a source may not tell of itself.
struct ImportHints {
    std::optional<std::size_t> n_experts;
    std::optional<std::size_t> n_layers;      ///< layers in the source, for arrays without a shape
    std::optional<std::size_t> top_k;         ///< the same
    TraceGating gating = TraceGating::Other;  ///< how logits become scores
    bool is_ranked = false;                   ///< the source's slots go from the best to the worst
};

/// Reads another program's record of one sequence, [tokens or tokens - 1, layers, top_k], as a run with
/// status `imported`: *.npz, *.npy, *.safetensors (our own exports too) or a server's reply in JSON.
/// A token and layer whose ids repeat has no data; layers without any are left out. What does not fit is an
/// Error, and nothing is invented.
Result<RunSource> import_run(const std::filesystem::path& path, const ImportHints& hints);

}  // namespace moe
