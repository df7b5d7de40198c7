#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace moe {

/// A run of a model; a branch is a run with a parent. As stored in a trace file; 0 is no run.
using RunId = std::int64_t;

/// The axes of a run's trace. The layer axis counts MoE layers only.
struct TraceShape {
    std::size_t n_layers = 0;   ///< MoE layers
    std::size_t n_experts = 0;  ///< routed experts of a layer
    std::size_t top_k = 0;      ///< width of the slot axis
    std::vector<std::int32_t> layer_ids;  ///< [n_layers] which block of the model each is

    bool operator==(const TraceShape&) const = default;
};

/// Fills a slot that a token did not use.
inline constexpr std::uint16_t kNoExpert = 0xFFFF;

}  // namespace moe
