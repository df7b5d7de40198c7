#include "render/scene/spike_marks.h"

#include <algorithm>

#include "render/scene/overview_axis.h"

namespace moe::render {
namespace {

constexpr int kDiamond = 7;  // logical pixels across, without its edge

int diamond_size(const PanelLayout& layout) { return layout.px(kDiamond) | 1; }

int edge_of(const PanelLayout& layout) { return 2 * layout.hairline; }

std::size_t origin(std::int64_t offset_pixels, std::size_t side) {
    const auto period = static_cast<std::int64_t>(side);
    return static_cast<std::size_t>((offset_pixels % period + period) % period);
}

// The edge has the view's colour, from which the colours of large values are far.
void add_spike(const FrameInput& input, const PanelLayout& layout, const HiddenSpike& spike, Color fill,
               Marks& marks) {
    const ExpertColumns& columns = layout.columns;
    const std::size_t layer = spike.columns.first / columns.n_experts;
    const std::size_t index =
        spike.columns.first % columns.n_experts / static_cast<std::size_t>(columns.axis.column_experts);
    const int x = layout.heatmap.x + static_cast<int>(columns.pixel_from_column(layer, index)) +
                  columns.column_pixels(layer) / 2;
    const int y =
        layout.heatmap.y +
        static_cast<int>(layout.tokens.pixel_from_token(static_cast<std::int64_t>(spike.tokens.first)));
    const int size = diamond_size(layout);
    add_diamond(marks, x, y, size + 2 * edge_of(layout), layout.heatmap, input.theme.view);
    add_diamond(marks, x, y, size, layout.heatmap, fill);
}

void add_ticks(const FrameInput& input, const PanelLayout& layout, const std::vector<HiddenSpike>& spikes,
               Marks& marks) {
    const PixelRect& panel = layout.overview;
    if (panel.is_empty()) return;
    const OverviewAxis axis = overview_axis(n_rows_of(input), panel.height, layout.pixel_ratio);
    const PixelRect beside{panel.right() + layout.px(3), panel.y, layout.px(2), panel.height};
    for (const HiddenSpike& spike : spikes) {
        const auto y = static_cast<int>(axis.pixel_from_token(static_cast<std::int64_t>(spike.tokens.first)));
        add_rect(marks, {beside.x, panel.y + y, beside.width, std::max(layout.hairline, axis.row_pixels)},
                 beside, input.theme.text_2);
    }
}

}  // namespace

SpikeSquares spike_squares(const PanelLayout& layout) {
    const auto side = static_cast<std::size_t>(diamond_size(layout) + 2 * edge_of(layout));
    return {.side = side,
            .origin_x = origin(layout.columns.axis.offset_pixels, side),
            .origin_y = origin(layout.tokens.offset_pixels, side)};
}

void add_spike_marks(const FrameInput& input, const PanelLayout& layout, const FrameReport& report,
                     const ColorTable& maxima, Marks& marks) {
    for (const HiddenSpike& spike : report.spikes)
        add_spike(input, layout, spike, maxima[spike.max_code], marks);
    add_ticks(input, layout, report.run_spikes, marks);
}

}  // namespace moe::render
