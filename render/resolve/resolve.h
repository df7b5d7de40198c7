#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "render/frame_input.h"
#include "render/scene/colormap.h"
#include "render/scene/panel_layout.h"

namespace moe::render {

/// Neighbouring tokens, or neighbouring columns, that one pixel stands for; half-open.
struct IndexRange {
    std::size_t first = 0;
    std::size_t end = 0;
    bool is_empty() const { return first >= end; }
    std::size_t size() const { return is_empty() ? 0 : end - first; }
    bool operator==(const IndexRange&) const = default;
};

/// Which part of a trace each pixel of an image shows. A column is `layer * n_experts + expert`; an empty
/// range is a pixel between cells. All that decides a pixel is in these integers.
struct ResolveRequest {
    HeatmapValue value = HeatmapValue::AppliedWeight;  ///< one the trace has: see shown_value
    Fold fold = Fold::Max;                             ///< Max where no pixel folds anything
    std::vector<IndexRange> rows;     ///< tokens of each pixel row; those without routing show nothing
    std::vector<IndexRange> columns;  ///< of each pixel column
    bool operator==(const ResolveRequest&) const = default;
};

/// One code a pixel (scene/colormap.h), row after row.
struct CodeImage {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> codes;
    bool operator==(const CodeImage&) const = default;
};

/// What can be shown of what was asked: a trace without weights or scores shows which experts were chosen.
HeatmapValue shown_value(const TraceSnapshot& trace, HeatmapValue wanted);

CellMeaning cell_meaning(const ResolveRequest& request);

/// The heatmap's pixels: cells of the layout, a hairline apart from 5 logical pixels up.
ResolveRequest heatmap_request(const FrameInput& input, const PanelLayout& layout);

/// The whole run on the overview's pixels; means where a pixel stands for more than 16 cells.
ResolveRequest overview_request(const FrameInput& input, const PanelLayout& layout);

}  // namespace moe::render
