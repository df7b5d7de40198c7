#include "render/frame_scene.h"

#include <algorithm>
#include <limits>
#include <thread>

#include "render/scene/spike_marks.h"

namespace moe::render {
namespace {

// A range is set for the heatmap's values; other values, of the overview or of spikes, have all of their own.
ColorScale scale_of(const FrameInput& input, CellMeaning heatmap, CellMeaning other) {
    if (heatmap == other) return input.view.scale;
    return {.map = input.view.scale.map};
}

// Neighbours are often alike, and one counter would wait for itself: four take turns.
CodeCounts counted(const std::vector<std::uint8_t>& codes) {
    std::array<CodeCounts, 4> counts{};
    for (std::size_t i = 0; i < codes.size(); ++i) ++counts[i % 4][codes[i]];
    CodeCounts sum{};
    for (std::size_t code = 0; code < sum.size(); ++code)
        sum[code] = counts[0][code] + counts[1][code] + counts[2][code] + counts[3][code];
    return sum;
}

// Rectangles of the layout to those of the picture.
void put_on_picture(const PanelLayout& layout, Marks& marks) {
    for (Mark& mark : marks) mark.rect = layout.on_picture(mark.rect);
}

constexpr unsigned kMostThreads = 4;  // more wait for memory

}  // namespace

SceneBuilder::SceneBuilder() : pool_(std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads)) {}

void SceneBuilder::resolve(const FrameInput& input, const ResolveRequest& request, Resolver& resolver,
                           ReadBudget& budget, ColoredCodes& codes) {
    if (!resolver.resolve(input.trace, request, pyramids_, budget, codes.image))
        scene_.report.wants_more = true;
}

void SceneBuilder::find_spikes(const FrameInput& input, const PanelLayout& layout,
                               const ResolveRequest& heatmap, const ResolveRequest& overview,
                               ReadBudget& budget) {
    const std::optional<HeatmapValue> value = value_of_spikes(input, layout, heatmap);
    if (!value) return;
    FrameReport& report = scene_.report;
    // The picture first. With a new scale all of its rows are new, and the spikes' rows would be too: they
    // come with the next frame, those of the overview with the one after.
    const bool has_same_scale =
        spiked_row_tokens_ == layout.tokens.row_tokens && spiked_columns_ == heatmap.columns;
    spiked_row_tokens_ = layout.tokens.row_tokens;
    spiked_columns_ = heatmap.columns;
    const bool is_hurried = input.most_values_read < std::numeric_limits<std::size_t>::max();
    n_frames_of_scale_ = has_same_scale ? n_frames_of_scale_ + 1 : 0;
    if (is_hurried && (report.wants_more || n_frames_of_scale_ == 0)) {
        report.wants_more = true;
        return;
    }
    if (!heatmap_spikes_.find(input.trace, heatmap, *value, scene_.heatmap.image, pyramids_, budget))
        report.wants_more = true;
    report.n_hidden_spikes = heatmap_spikes_.found().size();
    report.spikes =
        spikes_of(merged_spikes(heatmap_spikes_.found(), spike_squares(layout)), heatmap);

    ResolveRequest run = heatmap;  // its columns in the overview's rows
    run.rows = overview.rows;
    if (is_hurried && n_frames_of_scale_ == 1) {
        report.wants_more = true;
    } else {
        if (!overview_spikes_.find(input.trace, run, *value, {}, pyramids_, budget)) report.wants_more = true;
        report.run_spikes = spikes_of(strongest_of_rows(overview_spikes_.found()), run);
    }

    const CellMeaning meaning = cell_meaning(*value, /*is_folded=*/false, Fold::Max);
    const ColorScale scale = scale_of(input, cell_meaning(heatmap), meaning);
    add_spike_marks(input, layout, report, color_table(input.theme, scale, meaning), scene_.above);
}

const FrameScene& SceneBuilder::build(const FrameInput& input, const PanelResolvers& resolvers) {
    const PanelLayout layout = panel_layout(input);
    const LoadPanel panel = load_panel(input, layout, counter_);
    scene_.below = marks_below(input, layout);
    scene_.above = marks_above(input, layout, panel);
    scene_.heatmap.rect = layout.on_picture(layout.heatmap);
    scene_.overview.rect = layout.on_picture(layout.overview);
    scene_.heatmap.is_transposed = scene_.overview.is_transposed = layout.is_transposed();
    scene_.report = {};
    ReadBudget budget{input.most_values_read};
    const ResolveRequest heatmap = heatmap_request(input, layout);
    const ResolveRequest overview = overview_request(input, layout);
    const CellMeaning meaning = cell_meaning(heatmap);
    const CellMeaning overview_meaning = cell_meaning(overview);
    scene_.heatmap.table = color_table(input.theme, input.view.scale, meaning);
    scene_.overview.table =
        color_table(input.theme, scale_of(input, meaning, overview_meaning), overview_meaning);
    Resolver& heatmap_resolver = resolvers.heatmap != nullptr ? *resolvers.heatmap : heatmap_resolve_;
    Resolver& overview_resolver = resolvers.overview != nullptr ? *resolvers.overview : overview_resolve_;
    resolve(input, heatmap, heatmap_resolver, budget, scene_.heatmap);
    resolve(input, overview, overview_resolver, budget, scene_.overview);
    scene_.report.shown_codes = counted(scene_.heatmap.image.codes);
    find_spikes(input, layout, heatmap, overview, budget);
    put_on_picture(layout, scene_.below);
    put_on_picture(layout, scene_.above);
    pyramids_.forget_unused();
    return scene_;
}

bool SceneBuilder::work_ahead(std::size_t most_values) {
    ReadBudget budget{most_values};
    return pyramids_.make_ahead(budget) && counter_.count_ahead(budget.n_values_left);
}

}  // namespace moe::render
