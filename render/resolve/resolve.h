#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "render/frame_input.h"
#include "render/resolve/index_range.h"
#include "render/scene/colormap.h"
#include "render/scene/panel_layout.h"

namespace moe::render {

/// Which part of a trace each pixel of an image shows. A column is `layer * n_experts + expert`; an empty
/// range is a pixel between cells. All that decides a pixel is in these integers.
struct ResolveRequest {
    HeatmapValue value = HeatmapValue::AppliedWeight;  ///< one the trace has: see shown_value
    Fold fold = Fold::Max;            ///< Max where no pixel folds anything; never Count, see heatmap_request
    std::vector<IndexRange> rows;     ///< tokens of each pixel row; those without routing show nothing
    std::vector<IndexRange> columns;  ///< of each pixel column
    std::shared_ptr<const ExpertArrangement> arrangement =
        {};  ///< experts of a column are positions in it, where set
    bool operator==(const ResolveRequest&) const = default;
};

/// One code a pixel (scene/colormap.h), row after row.
struct CodeImage {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> codes;  ///< empty where a GpuResolve keeps them on its device
    bool operator==(const CodeImage&) const = default;
};

/// What can be shown of what was asked: a trace without weights or scores shows which experts were chosen.
HeatmapValue shown_value(const TraceSnapshot& trace, HeatmapValue wanted);

/// How folded pixels sum up a value where `wanted` is asked for: a rank and a margin keep their largest, a
/// difference of shares is a mean, and so is being chosen: somewhere in a large pixel nearly every expert is.
Fold shown_fold(HeatmapValue value, Fold wanted);
/// Whether a fold can be chosen for a value.
bool has_fold_choice(HeatmapValue value);

/// Whether some pixel stands for several cells and the view says how they are summed up. Where a layer is
/// collapsed its column keeps the largest cell, and so does the whole picture.
bool folds_by_choice(const PanelLayout& layout);

/// What the codes of a picture mean that shows `value`, folded or not.
CellMeaning cell_meaning(HeatmapValue value, bool is_folded, Fold fold);
CellMeaning cell_meaning(const ResolveRequest& request);

/// The heatmap's pixels: cells of the layout, a hairline apart from 5 logical pixels up.
ResolveRequest heatmap_request(const FrameInput& input, const PanelLayout& layout);

/// The whole run on the overview's pixels; means where a pixel stands for more than 16 cells.
ResolveRequest overview_request(const FrameInput& input, const PanelLayout& layout);

}  // namespace moe::render
