#pragma once

#include <algorithm>
#include <optional>

#include "engine/trace/trace_shape.h"

namespace moe {

/// The number by which people know a layer of the trace's axis: that of the model's block. Whatever is
/// shown, written or typed counts this way; layers without a router have numbers, but no place on the axis.
/// A shape that does not say which blocks its layers are counts them from 0.
inline std::size_t layer_number(const TraceShape& shape, std::size_t layer) {
    return layer < shape.layer_ids.size() ? static_cast<std::size_t>(shape.layer_ids[layer]) : layer;
}

/// The layer of the trace's axis that has the number; nothing where that block has no router.
inline std::optional<std::size_t> layer_with_number(const TraceShape& shape, std::size_t number) {
    if (shape.layer_ids.empty()) return number < shape.n_layers ? std::optional(number) : std::nullopt;
    const auto found = std::ranges::find(shape.layer_ids, static_cast<std::int64_t>(number));
    if (found == shape.layer_ids.end()) return std::nullopt;
    return static_cast<std::size_t>(found - shape.layer_ids.begin());
}

}  // namespace moe
