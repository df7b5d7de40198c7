#include "app/viewport/navigation.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "render/scene/zoom.h"

namespace moe::app {
namespace {

int heatmap_height(const render::FrameInput& scene) { return render::panel_layout(scene).heatmap.height; }

/// Writes the columns as they are drawn into the view, so that they can be moved.
render::ExpertColumns pin_columns(render::FrameInput& scene) {
    const render::PanelLayout layout = render::panel_layout(scene);
    scene.view.experts = layout.columns.axis;
    scene.view.experts.fits_width = false;
    return layout.columns;
}

void clamp_columns(render::FrameInput& scene) {
    if (scene.view.experts.fits_width) return;
    const render::PanelLayout layout = render::panel_layout(scene);
    scene.view.experts = render::clamped(layout.columns, layout.heatmap.width);
    scene.view.experts.fits_width = false;
}

bool fits_whole_run(const render::FrameInput& scene) {
    return scene.view.tokens.height_of(static_cast<std::int64_t>(render::n_rows_of(scene))) <=
           heatmap_height(scene);
}

/// Rows of one logical pixel, or folded ones, that show the whole run: zooming out would only waste room.
bool has_thinnest_useful_rows(const render::FrameInput& scene) {
    return scene.view.tokens.row_pixels <= std::max(1, static_cast<int>(scene.pixel_ratio + 0.5)) &&
           fits_whole_run(scene);
}

}  // namespace

void scroll_rows(render::FrameInput& scene, std::int64_t pixels) {
    scene.view.tokens.offset_pixels += pixels;
    keep_inside(scene);
}

void scroll_columns(render::FrameInput& scene, std::int64_t pixels) {
    const render::PanelLayout layout = render::panel_layout(scene);
    if (layout.columns.total_width() <= layout.heatmap.width) return;  // all of it is in view
    pin_columns(scene);
    scene.view.experts.offset_pixels += pixels;
    clamp_columns(scene);
}

void zoom_rows(render::FrameInput& scene, int steps, std::int64_t anchor_pixel) {
    for (int step = 0; step < std::abs(steps); ++step) {
        if (steps < 0 && has_thinnest_useful_rows(scene)) break;
        scene.view.tokens =
            render::zoomed_rows(scene.view.tokens, steps < 0 ? -1 : 1, anchor_pixel, scene.pixel_ratio);
    }
    keep_inside(scene);
}

void zoom_columns(render::FrameInput& scene, int steps, std::int64_t anchor_pixel) {
    const render::ExpertColumns columns = pin_columns(scene);
    scene.view.experts = render::zoomed_columns(columns, steps, anchor_pixel, scene.pixel_ratio);
    scene.view.experts.fits_width = false;
    clamp_columns(scene);
}

void fit_columns(render::FrameInput& scene) { scene.view.experts = render::ExpertAxis{}; }

void fit_rows(render::FrameInput& scene) {
    scene.view.tokens = render::fitted(render::n_rows_of(scene), heatmap_height(scene), scene.pixel_ratio);
}

void show_at_default_height(render::FrameInput& scene, std::size_t token) {
    scene.view.tokens = {
        .offset_pixels = 0, .row_pixels = render::default_row_pixels(scene.pixel_ratio), .row_tokens = 1};
    centre_token(scene, token);
}

void frame_selection(render::FrameInput& scene) {
    if (!scene.view.selection.token) return;
    const std::size_t token = *scene.view.selection.token;
    scene.view.tokens =
        render::framed(token, token + 1, render::n_rows_of(scene), heatmap_height(scene), scene.pixel_ratio);
}

void centre_token(render::FrameInput& scene, std::size_t token) {
    scene.view.tokens =
        render::centred(scene.view.tokens, token, render::n_rows_of(scene), heatmap_height(scene));
}

void follow_newest(render::FrameInput& scene) {
    scene.view.tokens = render::followed(scene.view.tokens, render::n_rows_of(scene), heatmap_height(scene));
}

bool is_at_newest(const render::FrameInput& scene) {
    return scene.view.tokens ==
           render::followed(scene.view.tokens, render::n_rows_of(scene), heatmap_height(scene));
}

bool shows_whole_run(const render::FrameInput& scene) {
    return scene.view.tokens.offset_pixels == 0 && fits_whole_run(scene);
}

void keep_inside(render::FrameInput& scene) {
    scene.view.tokens = render::clamped(scene.view.tokens, render::n_rows_of(scene), heatmap_height(scene));
    clamp_columns(scene);
}

void change_pixel_ratio(render::FrameInput& scene, double pixel_ratio) {
    render::TokenAxis& axis = scene.view.tokens;
    const double factor = pixel_ratio / scene.pixel_ratio;
    const int row_pixels =
        axis.is_folded() ? 1 : std::max(1, static_cast<int>(std::lround(axis.row_pixels * factor)));
    axis.offset_pixels = axis.offset_pixels * row_pixels / axis.row_pixels;
    axis.row_pixels = row_pixels;
    scene.pixel_ratio = pixel_ratio;
    fit_columns(scene);
}

std::int64_t row_anchor(const render::FrameInput& scene) {
    const int height = heatmap_height(scene);
    if (!scene.view.selection.token || !is_selection_in_view(scene)) return height / 2;
    return scene.view.tokens.pixel_from_token(static_cast<std::int64_t>(*scene.view.selection.token));
}

std::int64_t column_anchor(const render::FrameInput& scene) {
    const render::PanelLayout layout = render::panel_layout(scene);
    const std::optional<std::size_t> layer = scene.view.selection.layer;
    if (layer && *layer < layout.columns.n_layers) {
        const std::int64_t pixel =
            layout.columns.pixel_from_layer(*layer) + layout.columns.layer_width(*layer) / 2;
        if (pixel >= 0 && pixel < layout.heatmap.width) return pixel;
    }
    return layout.heatmap.width / 2;
}

bool is_selection_in_view(const render::FrameInput& scene) {
    const std::optional<std::size_t> token = scene.view.selection.token;
    if (!token || *token >= render::n_rows_of(scene)) return true;
    const std::int64_t top = scene.view.tokens.pixel_from_token(static_cast<std::int64_t>(*token));
    return top + scene.view.tokens.row_pixels > 0 && top < heatmap_height(scene);
}

}  // namespace moe::app
