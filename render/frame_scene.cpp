#include "render/frame_scene.h"

namespace moe::render {
namespace {

void resolve_into(const FrameInput& input, const PixelRect& rect, const ResolveRequest& request,
                  CpuResolve& resolve, ColoredCodes& codes) {
    codes.rect = rect;
    codes.table = color_table(input.theme, input.view.scale, cell_meaning(request));
    resolve.resolve(input.trace, request, codes.image);
}

}  // namespace

const FrameScene& SceneBuilder::build(const FrameInput& input) {
    const PanelLayout layout = panel_layout(input);
    const LoadPanel panel = load_panel(input, layout, counter_);
    scene_.below = marks_below(input, layout);
    scene_.above = marks_above(input, layout, panel);
    resolve_into(input, layout.heatmap, heatmap_request(input, layout), heatmap_resolve_, scene_.heatmap);
    resolve_into(input, layout.overview, overview_request(input, layout), overview_resolve_, scene_.overview);
    return scene_;
}

}  // namespace moe::render
