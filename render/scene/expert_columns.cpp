#include "render/scene/expert_columns.h"

#include <algorithm>
#include <array>

#include "engine/base/check.h"

namespace moe::render {
namespace {

constexpr int kWidestColumn = 32;  // logical pixels

// A gap and the narrowest column that may stand beside it, logical pixels: gaps shrink before columns fold.
struct GapStep {
    double gap;
    double narrowest_column;
};
constexpr std::array<GapStep, 4> kGapSteps{{{10, 4}, {6, 3}, {4, 2}, {2, 1}}};

int device_pixels(double logical, double pixel_ratio) {
    return std::max(1, static_cast<int>(logical * pixel_ratio + 0.5));
}

std::int64_t divided_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// Neighbouring experts share a pixel: as few as lets all layers fit.
ExpertAxis folded_axis(std::int64_t n_layers, std::int64_t n_experts, int width, int gap) {
    const std::int64_t for_columns = width - gap * (n_layers - 1);
    const std::int64_t per_layer = std::clamp<std::int64_t>(for_columns / n_layers, 1, n_experts);
    return {.fits_width = false,
            .offset_pixels = 0,
            .column_pixels = 1,
            .column_experts = static_cast<int>(divided_up(n_experts, per_layer)),
            .gap_pixels = gap};
}

ExpertAxis fitting_axis(std::int64_t n_layers, std::int64_t n_experts, int width, double pixel_ratio) {
    for (const GapStep& step : kGapSteps) {
        const int gap = device_pixels(step.gap, pixel_ratio);
        const std::int64_t column = (width - gap * (n_layers - 1)) / (n_layers * n_experts);
        if (column < device_pixels(step.narrowest_column, pixel_ratio)) continue;
        return {.fits_width = false,
                .offset_pixels = 0,
                .column_pixels = static_cast<int>(
                    std::min<std::int64_t>(column, device_pixels(kWidestColumn, pixel_ratio))),
                .column_experts = 1,
                .gap_pixels = gap};
    }
    return folded_axis(n_layers, n_experts, width, n_layers * 2 - 1 <= width ? 1 : 0);
}

}  // namespace

std::size_t ExpertColumns::per_layer() const {
    const auto fold = static_cast<std::size_t>(axis.column_experts);
    return (n_experts + fold - 1) / fold;
}

std::int64_t ExpertColumns::layer_width() const {
    return static_cast<std::int64_t>(per_layer()) * axis.column_pixels;
}

std::int64_t ExpertColumns::total_width() const {
    if (n_layers == 0) return 0;
    return static_cast<std::int64_t>(n_layers) * layer_pitch() - axis.gap_pixels;
}

std::int64_t ExpertColumns::pixel_from_layer(std::size_t layer) const {
    return static_cast<std::int64_t>(layer) * layer_pitch() - axis.offset_pixels;
}

std::int64_t ExpertColumns::pixel_from_column(std::size_t layer, std::size_t index) const {
    return pixel_from_layer(layer) + static_cast<std::int64_t>(index) * axis.column_pixels;
}

std::int64_t ExpertColumns::pixel_from_expert(std::size_t layer, std::size_t expert) const {
    return pixel_from_column(layer, expert / static_cast<std::size_t>(axis.column_experts));
}

Column ExpertColumns::column(std::size_t layer, std::size_t index) const {
    const auto fold = static_cast<std::size_t>(axis.column_experts);
    return {layer, index, index * fold, std::min(n_experts, (index + 1) * fold)};
}

std::optional<Column> ExpertColumns::column_from_pixel(std::int64_t pixel) const {
    const std::optional<std::size_t> layer = layer_from_pixel(pixel);
    if (!layer) return std::nullopt;
    const std::int64_t inside = pixel - pixel_from_layer(*layer);
    if (inside >= layer_width()) return std::nullopt;
    return column(*layer, static_cast<std::size_t>(inside / axis.column_pixels));
}

std::optional<std::size_t> ExpertColumns::layer_from_pixel(std::int64_t pixel) const {
    const std::int64_t position = pixel + axis.offset_pixels;
    if (position < 0 || position >= total_width()) return std::nullopt;
    return static_cast<std::size_t>(position / layer_pitch());
}

ExpertColumns expert_columns(const ExpertAxis& axis, const TraceShape& shape, int width, double pixel_ratio) {
    ExpertColumns columns{.axis = axis, .n_layers = shape.n_layers, .n_experts = shape.n_experts};
    const bool is_drawable = shape.n_layers > 0 && shape.n_experts > 0;
    if (axis.fits_width && is_drawable) {
        columns.axis =
            fitting_axis(static_cast<std::int64_t>(shape.n_layers),
                         static_cast<std::int64_t>(shape.n_experts), std::max(width, 1), pixel_ratio);
    }
    columns.axis.fits_width = false;
    columns.axis.column_pixels = std::max(1, columns.axis.column_pixels);
    columns.axis.column_experts = std::max(1, columns.axis.column_experts);
    if (columns.axis.column_experts > 1) columns.axis.column_pixels = 1;
    columns.axis.gap_pixels = std::max(0, columns.axis.gap_pixels);
    return columns;
}

}  // namespace moe::render
