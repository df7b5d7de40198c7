// The frame loop of a PictureView: see PictureView::Impl.

#include "app/viewport/picture_view_impl.h"

#include <chrono>
#include <cmath>

#include "render/scene/zoom.h"

namespace moe::app {
namespace {

// Of a long run, a frame: some 20 ms of summing up, so that the window still answers.
constexpr std::size_t kMostValuesRead = 8'000'000;
constexpr std::size_t kMostValuesAhead = 1'000'000;  // of the loads, at once: a millisecond or two
constexpr std::chrono::milliseconds kMissedFramePause{50};
constexpr int kSettleFrames = 3;  // a new list of Dear ImGui needs two frames to find its size

QImage image_over(const render::RgbaImage& image) {
    return QImage(image.rgba.data(), image.width, image.height, image.width * 4, QImage::Format_RGBX8888);
}

}  // namespace

PictureView::Impl::Impl(PictureView& owner, Backend backend)
    : view(owner), thread([this](RenderedFrame frame) {
          auto shared = std::make_shared<RenderedFrame>(std::move(frame));
          QMetaObject::invokeMethod(
              &view, [this, shared] { take_frame(std::move(*shared)); }, Qt::QueuedConnection);
      }) {
    renderer.software_only = backend == Backend::Software;
    presenter = std::make_unique<ReadBackPresenter>();
    scene.view.tokens.row_pixels = render::default_row_pixels(scene.pixel_ratio);
    scene.most_values_read = kMostValuesRead;
    QObject::connect(&counting_ahead, &QTimer::timeout, &view, [this] { count_ahead(); });
}

void PictureView::Impl::changed() {
    needs_picture = true;
    schedule();
}

void PictureView::Impl::input_happened() {
    settle_frames = kSettleFrames;
    schedule();
}

void PictureView::Impl::hide() {
    settle_frames = 0;
    wants_again = false;
    pointer.reset();
    overlay.events().release_all();
}

void PictureView::Impl::schedule() {
    if (is_scheduled || !view.isVisible()) return;  // showing asks again
    is_scheduled = true;
    const auto turn = [this] {
        is_scheduled = false;
        run_frame();
    };
    QMetaObject::invokeMethod(&view, turn, Qt::QueuedConnection);
}

void PictureView::Impl::run_frame() {
    if (!view.isVisible() || view.width() <= 0 || view.height() <= 0) return;
    if (is_busy) {
        wants_again = true;
        return;
    }
    update_geometry();
    update_hover();
    const render::PanelLayout layout = render::panel_layout(scene);
    const double seconds =
        since_cards.isValid() ? static_cast<double>(since_cards.nsecsElapsed()) * 1e-9 : 1.0 / 60.0;
    since_cards.start();
    PictureOverlay::Frame cards = overlay.draw({.scene = scene,
                                                .layout = layout,
                                                .picture = model,
                                                .options = options,
                                                .hover = hover,
                                                .report = front.report,
                                                .is_keyboard_focus = is_keyboard_focus && view.hasFocus(),
                                                .frame_times = clock.times()},
                                               seconds);
    if (settle_frames > 0) --settle_frames;
    if (settle_frames > 0 || cards.has_waiting_events) schedule();
    if (needs_picture || !same_mesh(cards.mesh, drawn_mesh)) hand_over(std::move(cards.mesh));
    report_visible(layout);
    apply(cards.intents);
}

void PictureView::Impl::update_geometry() {
    const double device_ratio = view.devicePixelRatioF();
    const double pixel_ratio = device_ratio * model.ui_scale;
    const int width = static_cast<int>(std::lround(view.width() * device_ratio));
    const int height = static_cast<int>(std::lround(view.height() * device_ratio));
    if (pixel_ratio == scene.pixel_ratio && width == scene.width && height == scene.height) return;
    if (pixel_ratio != scene.pixel_ratio) change_pixel_ratio(scene, pixel_ratio);
    scene.width = width;
    scene.height = height;
    if (model.follows) follow_newest(scene);
    keep_inside(scene);
    needs_picture = true;
}

void PictureView::Impl::update_hover() {
    const bool is_over_picture = pointer && !drag.is_dragging() && !is_press_on_card;
    if (!is_over_picture) return set_hover({});
    const QPoint pixel = device_pixel(*pointer);
    set_hover(overlay.takes_click(pixel.x(), pixel.y()) ? render::Hit{} : hit_at(*pointer));
}

void PictureView::Impl::set_hover(const render::Hit& hit) {
    if (hit == hover) return;
    const bool is_cell_new = hit.cell != scene.view.hover;
    hover = hit;
    scene.view.hover = hit.kind == render::HitKind::Overview ? render::CellRef{} : hit.cell;
    if (!is_cell_new) return;
    needs_picture = true;
    Q_EMIT view.hovered(hit.cell);
}

void PictureView::Impl::hand_over(render::OverlayMesh mesh) {
    needs_picture = false;
    is_busy = true;
    render::FrameInput input = scene;
    render::LoadCounter& loads = overlay.load_counter();
    input.label_strips = labels.paint(render::text_strips(input, loads), scene.pixel_ratio);
    counting_ahead.start();
    drawn_mesh = mesh;
    input.overlay = std::move(mesh);
    thread.draw(std::move(input), std::move(spare), renderer, presenter->surface());
}

// In the pauses between events, so that a jump far into a long run has little left to count.
void PictureView::Impl::count_ahead() {
    std::size_t most_values = kMostValuesAhead;
    if (overlay.load_counter().count_ahead(most_values)) counting_ahead.stop();
}

void PictureView::Impl::take_frame(RenderedFrame frame) {
    is_busy = false;
    last_ms = frame.milliseconds;
    clock.add(frame.milliseconds);
    const bool is_backend_new = frame.backend != front.backend;
    const bool is_report_new = frame.report != front.report;  // the legend shows it
    show(std::move(frame));
    if (front.report.wants_more) needs_picture = true;
    if (wants_again || front.report.wants_more || is_report_new) {
        wants_again = false;
        schedule();
    }
    if (front.is_missed) QTimer::singleShot(kMissedFramePause, &view, [this] { changed(); });
    update_presenter();
    if (is_backend_new) Q_EMIT view.backend_changed();
    Q_EMIT view.frame_done();
}

// A frame that the window shows has no image: the one before stays, until somebody asks for the picture.
void PictureView::Impl::show(RenderedFrame frame) {
    if (frame.is_presented) {
        spare = std::move(frame.image);
        frame.image = std::move(front.image);
        front = std::move(frame);
        return;
    }
    spare = std::move(front.image);
    front = std::move(frame);
    set_front_image();
    view.update();
}

void PictureView::Impl::set_front_image() {
    front_image = image_over(front.image);
    front_image.setDevicePixelRatio(view.devicePixelRatioF());
}

void PictureView::Impl::report_visible(const render::PanelLayout& layout) {
    const auto now = render::visible_tokens(layout.tokens, layout.heatmap.height, scene.trace.n_tokens());
    if (now == visible) return;
    visible = now;
    Q_EMIT view.visible_tokens_changed();
}

void PictureView::Impl::apply(const OverlayIntents& intents) {
    if (intents.goes_to_selection && scene.view.selection.token) {
        centre_token(scene, *scene.view.selection.token);
        moved(Move::Scroll);
    }
    if (intents.options) {
        set_options(*intents.options);
        Q_EMIT view.options_changed(options);
    }
}

}  // namespace moe::app
