#include "app/viewport/picture_view_impl.h"

#include <QAccessible>

#include <algorithm>
#include <cmath>

#include "app/viewport/selection_words.h"
#include "render/resolve/hidden_spikes.h"
#include "render/scene/panel_layout.h"

namespace moe::app {
namespace {

const void* newest_token(const TraceSnapshot& trace) {
    return trace.n_tokens() > 0 ? &trace.token(trace.n_tokens() - 1) : nullptr;
}
const void* newest_chunk(const TraceSnapshot& trace) {
    return trace.n_routed() > 0 ? &trace.chunk_of(trace.n_routed() - 1) : nullptr;
}
const void* shape_address(const TraceSnapshot& trace) { return trace.has_shape() ? &trace.shape() : nullptr; }

/// Two snapshots of one store with nothing added between them.
bool same_trace(const TraceSnapshot& a, const TraceSnapshot& b) {
    return a.n_tokens() == b.n_tokens() && a.n_routed() == b.n_routed() &&
           shape_address(a) == shape_address(b) && newest_token(a) == newest_token(b) &&
           newest_chunk(a) == newest_chunk(b);
}

bool same_tokens(const std::vector<TokenRecord>& a, const std::vector<TokenRecord>& b) {
    return std::ranges::equal(
        a, b, [](const TokenRecord& x, const TokenRecord& y) { return x.id == y.id && x.bytes == y.bytes; });
}

bool same_picture(const PictureModel& a, const PictureModel& b) {
    return same_trace(a.trace, b.trace) && a.planned_shape == b.planned_shape &&
           same_tokens(a.planned_tokens, b.planned_tokens) && a.theme == b.theme &&
           a.selection == b.selection && a.noted_tokens == b.noted_tokens && a.range == b.range &&
           a.follows == b.follows && a.is_live == b.is_live && a.is_partly_read == b.is_partly_read &&
           a.shows_frame_time == b.shows_frame_time && a.ui_scale == b.ui_scale &&
           a.busy_text == b.busy_text && a.busy_share == b.busy_share;
}

}  // namespace

void PictureView::Impl::set_model(PictureModel new_model) {
    if (same_picture(model, new_model)) {
        model = std::move(new_model);
        return;
    }
    const bool is_selection_new = new_model.selection != model.selection;
    // What is sorted by the run was sorted by its beginning.
    const bool is_read_now = model.is_partly_read && !new_model.is_partly_read;
    const bool is_plan_new =
        scene.planned_tokens == nullptr || !same_tokens(model.planned_tokens, new_model.planned_tokens);
    model = std::move(new_model);
    const TraceShape old_shape = render::shape_of(scene);
    scene.trace = model.trace;
    scene.theme = model.theme;
    scene.planned_shape = model.planned_shape;
    if (render::shape_of(scene) != old_shape || is_read_now) arrange();
    if (is_plan_new)
        scene.planned_tokens = std::make_shared<const std::vector<TokenRecord>>(model.planned_tokens);
    scene.n_planned_tokens = model.planned_tokens.size();
    scene.is_live = model.is_live;
    scene.view.selection = model.selection;
    scene.counted = model.range;
    scene.noted_tokens = std::make_shared<const std::vector<std::size_t>>(model.noted_tokens);
    if (scene.height > 0) {
        if (model.follows) follow_newest(scene);
        keep_inside(scene);
    }
    changed();
    if (!is_selection_new) return;
    QAccessibleValueChangeEvent event(
        &view, QString::fromStdString(selection_in_words(model.trace, model.selection)));
    QAccessible::updateAccessibility(&event);
}

void PictureView::Impl::set_options(const PictureOptions& new_options) {
    if (options == new_options) return;
    const bool is_value_new = options.value != new_options.value || options.fold != new_options.fold;
    const bool is_range_kept = options.scale == new_options.scale;
    const bool is_arrangement_new = options.arrangement != new_options.arrangement;
    const bool is_turned = options.orientation != new_options.orientation;
    options = new_options;
    if (is_value_new && is_range_kept) {  // a range belongs to its value
        options.scale.low = 0.0f;
        options.scale.high = 1.0f;
    }
    if (is_arrangement_new) arrange();
    if (is_turned) turn();
    scene.view.value = options.value;
    scene.view.fold = options.fold;
    scene.view.scale = options.scale;
    changed();
}

// The experts fill the other side; the same tokens stay in view.
void PictureView::Impl::turn() {
    const std::size_t middle = visible ? (visible->first + visible->second) / 2 : 0;
    scene.view.orientation = options.orientation;
    app::fit_columns(scene);
    if (scene.height == 0) return;
    if (model.follows) {
        follow_newest(scene);
    } else {
        centre_token(scene,
                     is_selection_in_view(scene) ? scene.view.selection.token.value_or(middle) : middle);
    }
    keep_inside(scene);
}

void PictureView::Impl::arrange() {
    const TraceShape shape = render::shape_of(scene);
    const auto& shown = scene.view.arrangement;
    arranger.forget();
    if (!Arranger::is_long_work(scene.trace, options.arrangement))
        return show_arrangement(render::arranged(scene.trace, shape, options.arrangement));
    arranger.ask(scene.trace, options.arrangement,
                 [this](const Arranger::Arrangement& sorted) { show_arrangement(sorted); });
    // Until then as it was, if it is the same model.
    if (shown && (shown->n_layers() != shape.n_layers || shown->n_experts() != shape.n_experts))
        show_arrangement(nullptr);
}

void PictureView::Impl::show_arrangement(Arranger::Arrangement arrangement) {
    scene.view.arrangement = std::move(arrangement);
    if (scene.height > 0) keep_inside(scene);
    changed();
}

void PictureView::Impl::set_color_range(float low, float high) {
    PictureOptions ranged = options;
    ranged.scale.low = low;
    ranged.scale.high = high;
    set_options(ranged);
    Q_EMIT view.options_changed(options);
}

void PictureView::Impl::moved(Move move) {
    if (model.follows && !is_at_newest(scene)) {
        if (move == Move::Zoom) {
            follow_newest(scene);
        } else {
            model.follows = false;
            Q_EMIT view.follow_changed(false);
        }
    }
    changed();
}

void PictureView::Impl::toggle_fit(std::size_t token) {
    if (shows_whole_run(scene) && scene.view.experts.fits_width) {
        show_at_default_height(scene, token);
    } else {
        app::fit_rows(scene);
        app::fit_columns(scene);
    }
    moved(Move::Zoom);
}

std::optional<render::CellRef> PictureView::Impl::walk_to(
    std::optional<render::HiddenSpike> (*step)(const SpikeWalk& walk)) const {
    const render::PanelLayout layout = render::panel_layout(scene);
    const auto spike = step({.report = front.report,
                             .layout = layout,
                             .visible = visible.value_or(std::pair<std::size_t, std::size_t>{0, 0}),
                             .from = scene.view.selection});
    const std::size_t n_columns = layout.columns.n_layers * layout.columns.n_experts;
    if (!spike || spike->columns.end > n_columns) return std::nullopt;  // of the trace shown before
    const render::CellRef cell =
        render::strongest_cell(scene.trace, render::shown_value(scene.trace, scene.view.value), *spike,
                               layout.columns.arrangement.get());
    return cell.token ? std::optional(cell) : std::nullopt;
}

render::Hit PictureView::Impl::hit_at(QPointF position) const {
    const QPoint pixel = device_pixel(position);
    return render::pick(scene, render::panel_layout(scene), pixel.x(), pixel.y());
}

QPoint PictureView::Impl::device_pixel(QPointF position) const {
    const QPointF pixel = position * view.devicePixelRatioF();
    return QPoint(static_cast<int>(std::floor(pixel.x())), static_cast<int>(std::floor(pixel.y())));
}

void PictureView::Impl::push_pointer(QPointF position) {
    pointer = position;
    const QPointF pixel = position * view.devicePixelRatioF();
    overlay.events().push({.kind = OverlayEvent::Kind::Move,
                           .x = static_cast<float>(pixel.x()),
                           .y = static_cast<float>(pixel.y())});
    input_happened();
}

void PictureView::Impl::push_button(Qt::MouseButton button, bool is_down) {
    const int index = button == Qt::RightButton ? 1 : button == Qt::MiddleButton ? 2 : 0;
    overlay.events().push({.kind = OverlayEvent::Kind::Button, .button = index, .is_down = is_down});
    input_happened();
}

}  // namespace moe::app
