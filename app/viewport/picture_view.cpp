#include "app/viewport/picture_view.h"

#include <QPaintEvent>
#include <QPainter>

#include "app/viewport/accessible_picture.h"
#include "app/viewport/legend.h"
#include "app/viewport/picture_view_impl.h"
#include "render/export/frame_svg.h"
#include "render/resolve/hidden_spikes.h"
#include "render/scene/panel_layout.h"
#include "render/scene/value_histogram.h"

namespace moe::app {
namespace {

constexpr int kSmallestWidth = 480;
constexpr int kSmallestHeight = 240;

}  // namespace

PictureView::PictureView(Backend backend, QWidget* parent)
    : QWidget(parent), impl_(std::make_unique<Impl>(*this, backend)) {
    install_accessible_picture();
    setAccessibleName(tr("Routing heatmap"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(kSmallestWidth, kSmallestHeight);
}

PictureView::~PictureView() = default;

void PictureView::set_model(PictureModel model) { impl_->set_model(std::move(model)); }
const PictureModel& PictureView::model() const { return impl_->model; }
void PictureView::set_options(const PictureOptions& options) {
    if (options == impl_->options) return;
    impl_->set_options(options);
    Q_EMIT options_changed(impl_->options);
}
const PictureOptions& PictureView::options() const { return impl_->options; }

void PictureView::set_resolve(render::ResolveOn place) {
    if (impl_->renderer.resolve == place) return;
    impl_->renderer.resolve = place;
    impl_->changed();
}

void PictureView::set_presenter(PresenterChoice choice) {
    if (impl_->presenter_choice == choice) return;
    impl_->presenter_choice = choice;
    impl_->forget_presenter_failure();
    impl_->update_presenter();
}

render::CellMeaning PictureView::meaning() const {
    return render::cell_meaning(render::heatmap_request(impl_->scene, render::panel_layout(impl_->scene)));
}

std::size_t PictureView::n_layers() const { return render::shape_of(impl_->scene).n_layers; }

std::size_t PictureView::n_experts() const { return render::shape_of(impl_->scene).n_experts; }

void PictureView::arrange_again() { impl_->arrange(); }

void PictureView::fit_color_range() {
    const auto range = render::percentile_range(impl_->front.report.shown_codes, meaning(), kRangeTail);
    if (range) impl_->set_color_range(range->first, range->second);
}

void PictureView::reset_color_range() { impl_->set_color_range(0.0f, 1.0f); }

void PictureView::zoom_rows(int steps) {
    app::zoom_rows(impl_->scene, steps, row_anchor(impl_->scene));
    impl_->moved(Impl::Move::Zoom);
}

void PictureView::zoom_columns(int steps) {
    app::zoom_columns(impl_->scene, steps, column_anchor(impl_->scene));
    impl_->changed();
}

void PictureView::fit_columns() {
    app::fit_columns(impl_->scene);
    impl_->changed();
}

void PictureView::frame_selection() {
    app::frame_selection(impl_->scene);
    impl_->moved(Impl::Move::Scroll);
}

void PictureView::scroll_to_token(std::size_t position) {
    centre_token(impl_->scene, position);
    impl_->moved(Impl::Move::Scroll);
}

std::optional<render::CellRef> PictureView::next_hidden_spike() const {
    return impl_->walk_to(next_spike);
}

std::optional<render::CellRef> PictureView::previous_hidden_spike() const {
    return impl_->walk_to(previous_spike);
}

std::optional<std::pair<std::size_t, std::size_t>> PictureView::visible_tokens() const {
    return impl_->visible;
}
QString PictureView::backend_description() const { return impl_->backend_description(); }
double PictureView::last_frame_ms() const { return impl_->last_ms; }
QImage PictureView::picture() const { return impl_->current_image().copy(); }
std::string PictureView::picture_as_svg() const { return render::frame_svg(impl_->scene, {}); }
bool PictureView::is_settled() const { return impl_->is_settled(); }
bool PictureView::is_presented() const { return impl_->front.is_presented; }
void PictureView::lose_device(int count) { impl_->lose_device(count); }

void PictureView::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    const QImage& image = impl_->current_image();
    const render::Color ground = impl_->model.theme.surface;
    const QSizeF shown = image.isNull() ? QSizeF() : image.deviceIndependentSize();
    if (shown.width() < width() || shown.height() < height())
        painter.fillRect(event->rect(), QColor(ground.r, ground.g, ground.b));
    if (!image.isNull()) painter.drawImage(QPoint(0, 0), image);
    if (impl_->front.error) {
        painter.setPen(
            QColor(impl_->model.theme.dead.r, impl_->model.theme.dead.g, impl_->model.theme.dead.b));
        painter.drawText(
            rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap,
            tr("The picture cannot be drawn: %1").arg(QString::fromStdString(*impl_->front.error)));
    }
    if (!image.isNull() && image.devicePixelRatio() != devicePixelRatioF())
        impl_->changed();  // moved to another screen
}

}  // namespace moe::app
