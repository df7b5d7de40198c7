#pragma once

#include <cstdint>
#include <vector>

#include "engine/trace_io/named_tensor.h"
#include "engine/trace_io/run_source.h"

namespace moe {

/// A run as plain arrays, for files that other tools read (FORMATS section 5). Position 0 is the first row
/// of each; a last token without routing is in `tokens` and `phase` only. Only those two are kept in
/// memory: the columns are read while they are written.
class RunArrays {
  public:
    static Result<RunArrays> read(RunSource source);

    /// tokens [n_tokens] and phase (0 prefill, 1 decode), layer_ids [n_layers], n_experts [1], and the
    /// columns that the trace has, [n_routed, n_layers, ...]; experts with -1 for an unused slot. Borrows
    /// this object.
    std::vector<NamedTensor> tensors() const;

  private:
    explicit RunArrays(RunSource source) : source_(std::move(source)) {}
    NamedTensor experts() const;
    NamedTensor column(ColumnKind kind) const;

    RunSource source_;
    std::vector<std::int32_t> n_experts_;
    std::vector<std::int32_t> tokens_;
    std::vector<std::uint8_t> phase_;
};

}  // namespace moe
