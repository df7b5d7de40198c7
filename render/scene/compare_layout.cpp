#include "render/scene/compare_layout.h"

#include <algorithm>

namespace moe::render {
namespace {

constexpr int kGutter = 98;
constexpr int kNarrowGutter = 44;  // positions only
constexpr int kBlockGap = 12;
constexpr int kHead = 40;
constexpr int kHeadFromHeight = 140;
constexpr int kHeadRowFromHeight = 70;
constexpr int kLegend = 18;
constexpr int kLegendFromHeight = 86;
constexpr int kDivergence = 72;
constexpr int kWidestDivergence = 280;
constexpr int kLoad = 64;
constexpr int kLoadGap = 10;
constexpr int kLoadFromHeight = 260;
constexpr int kNarrow = 760;
constexpr int kVeryNarrow = 480;
constexpr int kGutterFromWidth = 260;
constexpr int kSmallBlockGap = 4;

}  // namespace

CompareLayout compare_layout(const TraceShape& shape, const PixelRect& frame, int row_pixels) {
    CompareLayout layout;
    layout.row_pixels = std::max(1, row_pixels);
    layout.head_top = frame.y;
    const bool has_texts = frame.width >= kNarrow && row_pixels >= kCompareTextRow;
    const bool has_gutter = frame.width >= kGutterFromWidth;
    layout.gutter_width = has_texts ? kGutter : has_gutter ? kNarrowGutter : 0;
    const int block_gap = has_gutter ? kBlockGap : kSmallBlockGap;
    const int divergence = frame.width < kVeryNarrow ? 0 : kDivergence;
    layout.head_height = frame.height >= kHeadFromHeight      ? kHead
                         : frame.height >= kHeadRowFromHeight ? kCompareHeadRow
                                                              : 0;
    const int top = frame.y + layout.head_height;
    layout.load_height = frame.height >= kLoadFromHeight ? kLoad : 0;
    const int load_room = layout.load_height > 0 ? kLoad + kLoadGap : 0;
    layout.load_top = frame.bottom() - layout.load_height;
    const bool has_legend = divergence > 0 && load_room == 0 && frame.height >= kLegendFromHeight;
    layout.legend_height = has_legend ? kLegend : 0;
    layout.legend_top = frame.bottom() - layout.legend_height;
    const int height = std::max(0, frame.height - layout.head_height - load_room - layout.legend_height);
    const int side = layout.gutter_width + (divergence > 0 ? divergence + kBlockGap : 0);
    const int blocks = std::max(3, frame.width - layout.gutter_width - side - 2 * block_gap);
    layout.columns = expert_columns({}, shape, blocks / 3, 1.0);
    const int width = std::min(blocks / 3, static_cast<int>(layout.columns.total_width()));
    layout.gutter_a = frame.x;
    layout.a = {frame.x + layout.gutter_width, top, width, height};
    layout.difference = {layout.a.right() + block_gap, top, width, height};
    layout.b = {layout.difference.right() + block_gap, top, width, height};
    layout.gutter_b = layout.b.right();
    // What whole columns leave over goes to the bars.
    const int bars_left = layout.gutter_b + layout.gutter_width + kBlockGap;
    const int bars =
        divergence > 0 ? std::clamp(frame.right() - bars_left, divergence, kWidestDivergence) : 0;
    layout.divergence = {bars_left, top, bars, height};
    layout.n_rows = static_cast<std::size_t>(height / layout.row_pixels);
    return layout;
}

std::optional<CompareHit> compare_hit(const CompareLayout& layout, int x, int y) {
    if (y < layout.a.y || y >= layout.y(layout.n_rows)) return std::nullopt;
    CompareHit hit{.row = static_cast<std::size_t>((y - layout.a.y) / layout.row_pixels)};
    for (const CompareBlock block : {CompareBlock::A, CompareBlock::Difference, CompareBlock::B}) {
        const PixelRect& rect = layout.block(block);
        if (x < rect.x || x >= rect.right()) continue;
        hit.block = block;
        hit.layer = layout.columns.layer_from_pixel(x - rect.x);
        if (const auto column = layout.columns.column_from_pixel(x - rect.x))
            hit.expert = column->first_position;
    }
    return hit;
}

}  // namespace moe::render
