#include "render/scene/expert_columns.h"

#include <algorithm>
#include <array>

#include "engine/base/check.h"

namespace moe::render {
namespace {

constexpr int kWidestColumn = 32;     // logical pixels
constexpr int kCollapsedColumn = 12;  // logical pixels, or a column if that is wider

// A gap and the narrowest column that may stand beside it, logical pixels: gaps shrink before columns fold.
struct GapStep {
    double gap;
    double narrowest_column;
};
constexpr std::array<GapStep, 4> kGapSteps{{{10, 4}, {6, 3}, {4, 2}, {2, 1}}};

int device_pixels(double logical, double pixel_ratio) {
    return std::max(1, static_cast<int>(logical * pixel_ratio + 0.5));
}

// Neighbouring experts share a pixel: as few as lets all layers fit.
ExpertAxis folded_axis(const ExpertColumns& columns, int width, int gap) {
    ExpertColumns folded = columns;
    folded.axis = {
        .fits_width = false, .offset_pixels = 0, .column_pixels = 1, .column_experts = 1, .gap_pixels = gap};
    while (folded.total_width() > width && folded.axis.column_experts < static_cast<int>(columns.n_experts))
        ++folded.axis.column_experts;
    return folded.axis;
}

ExpertAxis fitting_axis(const ExpertColumns& columns, int width, double pixel_ratio) {
    std::int64_t n_columns = 0;
    std::int64_t collapsed = 0;
    for (std::size_t layer = 0; layer < columns.n_layers; ++layer) {
        if (columns.is_collapsed(layer))
            collapsed += columns.collapsed_pixels;
        else
            n_columns += static_cast<std::int64_t>(columns.n_shown(layer));
    }
    const auto n_layers = static_cast<std::int64_t>(columns.n_layers);
    const int widest = device_pixels(kWidestColumn, pixel_ratio);
    for (const GapStep& step : kGapSteps) {
        const int gap = device_pixels(step.gap, pixel_ratio);
        const std::int64_t column =
            (width - gap * (n_layers - 1) - collapsed) / std::max<std::int64_t>(1, n_columns);
        if (column < device_pixels(step.narrowest_column, pixel_ratio)) continue;
        return {.fits_width = false,
                .offset_pixels = 0,
                .column_pixels = static_cast<int>(std::min<std::int64_t>(column, widest)),
                .column_experts = 1,
                .gap_pixels = gap};
    }
    return folded_axis(columns, width, n_layers * 2 - 1 <= width ? 1 : 0);
}

}  // namespace

std::size_t ExpertColumns::n_shown(std::size_t layer) const {
    return arrangement ? arrangement->n_shown(layer) : n_experts;
}

bool ExpertColumns::is_collapsed(std::size_t layer) const {
    return arrangement && arrangement->is_collapsed(layer);
}

std::size_t ExpertColumns::per_layer(std::size_t layer) const {
    if (is_collapsed(layer)) return 1;
    const auto fold = static_cast<std::size_t>(axis.column_experts);
    return (n_shown(layer) + fold - 1) / fold;
}

int ExpertColumns::column_pixels(std::size_t layer) const {
    return is_collapsed(layer) ? std::max(collapsed_pixels, axis.column_pixels) : axis.column_pixels;
}

std::int64_t ExpertColumns::layer_width(std::size_t layer) const {
    return static_cast<std::int64_t>(per_layer(layer)) * column_pixels(layer);
}

std::int64_t ExpertColumns::total_width() const {
    if (n_layers == 0) return 0;
    return content_from_layer(n_layers - 1) + layer_width(n_layers - 1);
}

std::int64_t ExpertColumns::content_from_layer(std::size_t layer) const {
    if (!arrangement)
        return layer == 0 ? 0 : static_cast<std::int64_t>(layer) * (layer_width(0) + axis.gap_pixels);
    std::int64_t begin = 0;
    for (std::size_t before = 0; before < layer; ++before) begin += layer_width(before) + axis.gap_pixels;
    return begin;
}

std::int64_t ExpertColumns::pixel_from_layer(std::size_t layer) const {
    return content_from_layer(layer) - axis.offset_pixels;
}

std::int64_t ExpertColumns::pixel_from_column(std::size_t layer, std::size_t index) const {
    return pixel_from_layer(layer) + static_cast<std::int64_t>(index) * column_pixels(layer);
}

std::optional<std::int64_t> ExpertColumns::pixel_from_expert(std::size_t layer, std::size_t expert) const {
    const std::optional<std::size_t> position = position_of(layer, expert);
    if (!position) return std::nullopt;
    if (is_collapsed(layer)) return pixel_from_layer(layer);
    return pixel_from_column(layer, *position / static_cast<std::size_t>(axis.column_experts));
}

Column ExpertColumns::column(std::size_t layer, std::size_t index) const {
    if (is_collapsed(layer)) return {layer, index, 0, n_shown(layer)};
    const auto fold = static_cast<std::size_t>(axis.column_experts);
    return {layer, index, index * fold, std::min(n_shown(layer), (index + 1) * fold)};
}

std::optional<Column> ExpertColumns::column_from_pixel(std::int64_t pixel) const {
    const std::optional<std::size_t> layer = layer_from_pixel(pixel);
    if (!layer) return std::nullopt;
    const std::int64_t inside = pixel - pixel_from_layer(*layer);
    if (inside >= layer_width(*layer)) return std::nullopt;
    return column(*layer, static_cast<std::size_t>(inside / column_pixels(*layer)));
}

std::optional<std::size_t> ExpertColumns::layer_from_pixel(std::int64_t pixel) const {
    const std::int64_t position = pixel + axis.offset_pixels;
    if (position < 0 || position >= total_width()) return std::nullopt;
    if (!arrangement) return static_cast<std::size_t>(position / (layer_width(0) + axis.gap_pixels));
    std::size_t layer = 0;
    std::int64_t end = layer_width(0) + axis.gap_pixels;
    while (position >= end) end += layer_width(++layer) + axis.gap_pixels;
    return layer;
}

std::size_t ExpertColumns::expert_at(std::size_t layer, std::size_t position) const {
    return arrangement ? arrangement->expert_at(layer, position) : position;
}

std::optional<std::size_t> ExpertColumns::position_of(std::size_t layer, std::size_t expert) const {
    return arrangement ? arrangement->position_of(layer, expert) : expert;
}

ExpertColumns expert_columns(const ExpertAxis& axis, const TraceShape& shape, int width, double pixel_ratio,
                             std::shared_ptr<const ExpertArrangement> arrangement) {
    ExpertColumns columns{.axis = axis, .n_layers = shape.n_layers, .n_experts = shape.n_experts};
    const bool is_drawable = shape.n_layers > 0 && shape.n_experts > 0;
    if (arrangement && arrangement->n_layers() == shape.n_layers &&
        arrangement->n_experts() == shape.n_experts)
        columns.arrangement = std::move(arrangement);
    columns.collapsed_pixels = device_pixels(kCollapsedColumn, pixel_ratio);
    if (axis.fits_width && is_drawable) columns.axis = fitting_axis(columns, std::max(width, 1), pixel_ratio);
    columns.axis.fits_width = false;
    columns.axis.column_pixels = std::max(1, columns.axis.column_pixels);
    columns.axis.column_experts = std::max(1, columns.axis.column_experts);
    if (columns.axis.column_experts > 1) columns.axis.column_pixels = 1;
    columns.axis.gap_pixels = std::max(0, columns.axis.gap_pixels);
    return columns;
}

}  // namespace moe::render
