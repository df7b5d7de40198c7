#include "render/resolve/resolve.h"

#include <algorithm>

#include "render/scene/overview_axis.h"

namespace moe::render {
namespace {

constexpr int kSeparatorFrom = 5;                // logical pixels of a cell that has an edge
constexpr std::size_t kMostCellsAsMaximum = 16;  // an overview pixel with more shows their mean

// Pixels at a cell's far edge that stay empty.
int separator(int cell_pixels, const PanelLayout& layout) {
    return cell_pixels >= layout.px(kSeparatorFrom) ? layout.hairline : 0;
}

std::vector<IndexRange> heatmap_rows(const PanelLayout& layout, std::size_t n_routed) {
    const TokenAxis& axis = layout.tokens;
    const auto n = static_cast<std::int64_t>(n_routed);
    const std::int64_t shown = axis.row_pixels - separator(axis.row_pixels, layout);
    std::vector<IndexRange> rows(static_cast<std::size_t>(layout.heatmap.height));
    for (std::size_t y = 0; y < rows.size(); ++y) {
        const auto pixel = static_cast<std::int64_t>(y);
        const std::int64_t token = axis.token_from_pixel(pixel);
        if (token < 0 || token >= n || pixel - axis.pixel_from_token(token) >= shown) continue;
        rows[y] = {static_cast<std::size_t>(token),
                   static_cast<std::size_t>(std::min(n, token + axis.row_tokens))};
    }
    return rows;
}

std::vector<IndexRange> heatmap_columns(const PanelLayout& layout) {
    const ExpertColumns& columns = layout.columns;
    std::vector<IndexRange> ranges(static_cast<std::size_t>(layout.heatmap.width));
    for (std::size_t x = 0; x < ranges.size(); ++x) {
        const auto pixel = static_cast<std::int64_t>(x);
        const std::optional<Column> column = columns.column_from_pixel(pixel);
        if (!column) continue;
        const int cell = columns.column_pixels(column->layer);
        if (pixel - columns.pixel_from_column(column->layer, column->index) >= cell - separator(cell, layout))
            continue;
        const std::size_t layer_begin = column->layer * columns.n_experts;
        ranges[x] = {layer_begin + column->first_position, layer_begin + column->end_position};
    }
    return ranges;
}

// The overview is for finding one's way: it shows what was used, where each cell has a number of its own.
HeatmapValue overview_value(const FrameInput& input) {
    const HeatmapValue value = shown_value(input.trace, input.view.value);
    const bool is_of_all =
        value == HeatmapValue::Rank || value == HeatmapValue::Margin || value == HeatmapValue::Entropy;
    return is_of_all ? shown_value(input.trace, HeatmapValue::AppliedWeight) : value;
}

}  // namespace

HeatmapValue shown_value(const TraceSnapshot& trace, HeatmapValue wanted) {
    if (trace.n_routed() == 0 || trace.shape().n_layers == 0) return wanted;
    if (wanted == HeatmapValue::AppliedWeight && !trace.has_weights()) return HeatmapValue::Selected;
    const bool is_ranked =
        wanted == HeatmapValue::Score || wanted == HeatmapValue::Margin || wanted == HeatmapValue::Entropy;
    if (is_ranked && !trace.has_scores()) return shown_value(trace, HeatmapValue::AppliedWeight);
    return wanted;
}

bool has_fold_choice(HeatmapValue value) {
    return value == HeatmapValue::AppliedWeight || value == HeatmapValue::Score;
}

Fold shown_fold(HeatmapValue value, Fold wanted) {
    if (value == HeatmapValue::LoadDifference || value == HeatmapValue::Selected) return Fold::Mean;
    return has_fold_choice(value) ? wanted : Fold::Max;
}

bool folds_by_choice(const PanelLayout& layout) {
    const ExpertArrangement* arrangement = layout.columns.arrangement.get();
    if (arrangement != nullptr && arrangement->n_collapsed() > 0) return false;
    return layout.tokens.is_folded() || layout.columns.axis.column_experts > 1;
}

CellMeaning cell_meaning(HeatmapValue value, bool is_folded, Fold fold) {
    if (value == HeatmapValue::LoadDifference) return CellMeaning::LoadDifference;
    if (is_folded && shown_fold(value, fold) != Fold::Max) return CellMeaning::Load;
    switch (value) {
        case HeatmapValue::AppliedWeight:
            return CellMeaning::Weight;
        case HeatmapValue::Score:
        case HeatmapValue::Entropy:
            return CellMeaning::Probability;
        case HeatmapValue::Rank:
            return CellMeaning::Rank;
        case HeatmapValue::Margin:
            return CellMeaning::Margin;
        case HeatmapValue::Selected:
        case HeatmapValue::LoadDifference:
            break;
    }
    return CellMeaning::Chosen;
}

CellMeaning cell_meaning(const ResolveRequest& request) {
    return cell_meaning(request.value, request.fold != Fold::Max, request.fold);
}

ResolveRequest heatmap_request(const FrameInput& input, const PanelLayout& layout) {
    const bool is_folded = folds_by_choice(layout);
    const HeatmapValue value = shown_value(input.trace, input.view.value);
    const bool is_single = !is_folded && value == HeatmapValue::Selected;  // chosen or not
    const Fold fold = is_single ? Fold::Max : shown_fold(value, is_folded ? input.view.fold : Fold::Max);
    const bool is_count = fold == Fold::Count;  // the mean of the chosen ones
    return {.value = is_count ? HeatmapValue::Selected : value,
            .fold = is_count ? Fold::Mean : fold,
            .rows = heatmap_rows(layout, input.trace.n_routed()),
            .columns = heatmap_columns(layout),
            .arrangement = layout.columns.arrangement};
}

ResolveRequest overview_request(const FrameInput& input, const PanelLayout& layout) {
    const std::size_t n_columns = layout.columns.n_layers * layout.columns.n_experts;
    const auto n_routed = static_cast<std::int64_t>(input.trace.n_routed());
    const auto width = static_cast<std::size_t>(layout.overview.width);
    const OverviewAxis axis = overview_axis(n_rows_of(input), layout.overview.height, layout.pixel_ratio);

    ResolveRequest request{.value = overview_value(input), .fold = Fold::Max, .rows = {}, .columns = {}};
    request.rows.resize(static_cast<std::size_t>(layout.overview.height));
    request.columns.resize(width);
    for (std::size_t y = 0; y < request.rows.size(); ++y) {
        const std::int64_t token = axis.token_from_pixel(static_cast<std::int64_t>(y));
        if (token >= n_routed) break;
        request.rows[y] = {static_cast<std::size_t>(token),
                           static_cast<std::size_t>(std::min(n_routed, token + axis.row_tokens))};
    }
    for (std::size_t x = 0; x < width; ++x) {
        const std::size_t first = x * n_columns / width;
        request.columns[x] = {first, std::min(n_columns, std::max((x + 1) * n_columns / width, first + 1))};
    }
    const std::size_t cells = static_cast<std::size_t>(axis.row_tokens) * (width > 0 ? n_columns / width : 0);
    if (cells > kMostCellsAsMaximum || request.value == HeatmapValue::LoadDifference)
        request.fold = Fold::Mean;
    return request;
}

}  // namespace moe::render
