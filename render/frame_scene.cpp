#include "render/frame_scene.h"

namespace moe::render {

void SceneBuilder::resolve(const FrameInput& input, const ResolveRequest& request, CpuResolve& resolve,
                           ReadBudget& budget, ColoredCodes& codes) {
    codes.table = color_table(input.theme, input.view.scale, cell_meaning(request));
    if (!resolve.resolve(input.trace, request, pyramids_, budget, codes.image))
        scene_.report.wants_more = true;
}

const FrameScene& SceneBuilder::build(const FrameInput& input) {
    const PanelLayout layout = panel_layout(input);
    const LoadPanel panel = load_panel(input, layout, counter_);
    scene_.below = marks_below(input, layout);
    scene_.above = marks_above(input, layout, panel);
    scene_.heatmap.rect = layout.heatmap;
    scene_.overview.rect = layout.overview;
    scene_.report = {};
    ReadBudget budget{input.most_values_read};
    resolve(input, heatmap_request(input, layout), heatmap_resolve_, budget, scene_.heatmap);
    resolve(input, overview_request(input, layout), overview_resolve_, budget, scene_.overview);
    for (const std::uint8_t code : scene_.heatmap.image.codes) ++scene_.report.shown_codes[code];
    pyramids_.forget_unused();
    return scene_;
}

}  // namespace moe::render
