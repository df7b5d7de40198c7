#pragma once

#include <cstddef>
#include <optional>

#include "engine/trace/trace_shape.h"
#include "render/scene/expert_columns.h"
#include "render/scene/pixel_rect.h"

namespace moe::render {

/// Which of the three pictures of a comparison.
enum class CompareBlock { A = 0, Difference = 1, B = 2 };

/// The line with the names of the blocks.
inline constexpr int kCompareHeadRow = 20;

/// Where things stand when two runs are shown side by side: the same rows three times. Logical pixels.
struct CompareLayout {
    PixelRect a;           ///< cells of run A; the others are as large
    PixelRect difference;
    PixelRect b;
    PixelRect divergence;  ///< bars beside the rows; empty where there is no room
    int gutter_a = 0;      ///< left edge of A's positions and texts
    int gutter_b = 0;      ///< of B's texts
    int gutter_width = 0;
    int head_top = 0;      ///< names of the blocks
    int head_height = 0;   ///< with the layers below the names where there is room for them; 0: neither
    int legend_top = 0;  ///< of a line for what the bars' tick is, where no load histogram leaves room for it
    int legend_height = 0; ///< 0: there is no such line
    int load_top = 0;      ///< of the histograms under the blocks
    int load_height = 0;   ///< 0: there is no room for them
    int row_pixels = 15;
    std::size_t n_rows = 0;  ///< that fit
    ExpertColumns columns;   ///< of each block

    bool has_layer_names() const { return head_height > kCompareHeadRow; }
    const PixelRect& block(CompareBlock which) const {
        return which == CompareBlock::A ? a : which == CompareBlock::B ? b : difference;
    }
    int y(std::size_t row) const { return a.y + static_cast<int>(row) * row_pixels; }
};

/// Rows lower than this have no text.
inline constexpr int kCompareTextRow = 11;

CompareLayout compare_layout(const TraceShape& shape, const PixelRect& frame, int row_pixels);

/// What is under a point of a comparison.
struct CompareHit {
    std::size_t row = 0;
    std::optional<CompareBlock> block = {};  ///< nothing: a text or a bar of the row
    std::optional<std::size_t> layer = {};
    std::optional<std::size_t> expert = {};  ///< the first one where several share a pixel
    bool operator==(const CompareHit&) const = default;
};
std::optional<CompareHit> compare_hit(const CompareLayout& layout, int x, int y);

}  // namespace moe::render
