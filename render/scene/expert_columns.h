#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "engine/trace/trace_shape.h"
#include "render/scene/expert_arrangement.h"
#include "render/scene/expert_axis.h"

namespace moe::render {

/// A column of the heatmap: one expert of a layer, a few neighbours folded into one pixel, or all of a
/// collapsed layer. Experts are meant by their positions in the layer; expert_at says which they are.
struct Column {
    std::size_t layer = 0;
    std::size_t index = 0;  ///< within the layer, from the left
    std::size_t first_position = 0;
    std::size_t end_position = 0;  ///< half-open
    std::size_t n_experts() const { return end_position - first_position; }
    bool operator==(const Column&) const = default;
};

/// Where layers and experts lie from left to right: the one place that knows. Heatmap, header and load
/// histogram all ask it, so that a bar stands under its column. Pixels count from the panel's left edge.
struct ExpertColumns {
    ExpertAxis axis;  ///< resolved: what is drawn, never "fits the width"
    std::size_t n_layers = 0;
    std::size_t n_experts = 0;
    std::shared_ptr<const ExpertArrangement> arrangement = {};  ///< null: all experts by id
    int collapsed_pixels = 1;                                   ///< width of a collapsed layer

    std::size_t n_shown(std::size_t layer) const;  ///< experts that are not hidden
    bool is_collapsed(std::size_t layer) const;
    std::size_t per_layer(std::size_t layer) const;     ///< columns
    int column_pixels(std::size_t layer) const;         ///< width of each of them
    std::int64_t layer_width(std::size_t layer) const;  ///< pixels, without the gap behind it
    std::int64_t total_width() const;                   ///< pixels of all layers and the gaps between

    /// Where a layer begins, from the left of layer 0.
    std::int64_t content_from_layer(std::size_t layer) const;
    std::int64_t pixel_from_layer(std::size_t layer) const;
    std::int64_t pixel_from_column(std::size_t layer, std::size_t index) const;
    /// Nothing for a hidden expert.
    std::optional<std::int64_t> pixel_from_expert(std::size_t layer, std::size_t expert) const;

    /// The column under a pixel; nothing in a gap or outside.
    std::optional<Column> column_from_pixel(std::int64_t pixel) const;
    /// The layer whose block, or the gap behind it, is under a pixel.
    std::optional<std::size_t> layer_from_pixel(std::int64_t pixel) const;
    Column column(std::size_t layer, std::size_t index) const;

    std::size_t expert_at(std::size_t layer, std::size_t position) const;
    std::optional<std::size_t> position_of(std::size_t layer, std::size_t expert) const;
};

/// Chooses the scale of an axis that fits the width: the widest whole-pixel columns that all fit in
/// `width` pixels, at most 32 logical ones; gaps shrink first, then neighbours fold. An axis with a
/// scale of its own is only made valid. An arrangement of another shape is not used.
ExpertColumns expert_columns(const ExpertAxis& axis, const TraceShape& shape, int width, double pixel_ratio,
                             std::shared_ptr<const ExpertArrangement> arrangement = nullptr);

}  // namespace moe::render
