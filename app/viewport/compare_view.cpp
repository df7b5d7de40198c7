#include "app/viewport/compare_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "app/viewport/chart_painter.h"
#include "app/viewport/fonts.h"
#include "app/viewport/number_text.h"
#include "app/viewport/qt_color.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

constexpr int kRowPixels = 15;
constexpr int kMargin = 8;
constexpr int kBottom = 8;  // under the load, which would else stand on the edge

using render::CompareBlock;

QString number(std::optional<double> value) {
    return value ? QString::fromStdString(decimals_text(*value, 3)) : QStringLiteral("\u2013");
}

}  // namespace

CompareView::CompareView(QWidget* parent) : QAbstractScrollArea(parent) {
    setObjectName(QStringLiteral("compare_view"));
    setAccessibleName(tr("Two runs side by side and their difference"));
    setWhatsThis(
        tr("B − A: applied weight in B less that in A, and under it the difference of loads; blue more in A, "
           "orange more in B. Rows are paired by position. Dashed: the fair share.\nKL(A || B): of the "
           "routers' scores, nats, mean over layers; derived here. Tick: the control, A's token against the "
           "token before it in A."));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    register_fonts();
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this] { read_rows(); });
}

std::size_t CompareView::n_positions() const { return std::max(a_.n_tokens(), b_.n_tokens()); }

void CompareView::set_pair(const ComparePair& pair) {
    const bool is_moved = pair.compared.selected_token != shown_.selected_token;
    a_ = pair.a;
    b_ = pair.b;
    shown_ = pair.compared;
    shown_.shape = a_.has_shape() ? a_.shape() : TraceShape{};
    shown_.has_weights = true;
    for (const TraceSnapshot* trace : {&a_, &b_}) {
        if (trace->n_routed() > 0 && trace->chunk_of(0).weights.empty()) shown_.has_weights = false;
    }
    fit_scroll_bar();
    if (is_moved && shown_.selected_token) scroll_to(*shown_.selected_token);
    read_rows();
}

void CompareView::set_theme(const render::Theme& theme) {
    theme_ = theme;
    viewport()->update();
}

render::CompareLayout CompareView::layout_now() const {
    const render::PixelRect frame{kMargin, 4, viewport()->width() - 2 * kMargin,
                                  viewport()->height() - 4 - kBottom};
    return render::compare_layout(shown_.shape, frame, kRowPixels);
}

void CompareView::fit_scroll_bar() {
    const auto n_rows = static_cast<int>(layout_now().n_rows);
    verticalScrollBar()->setPageStep(std::max(1, n_rows));
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(n_positions()) - n_rows));
}

void CompareView::read_rows() {
    shown_.rows = render::compare_rows(a_, b_,
                                       {.first = static_cast<std::size_t>(verticalScrollBar()->value()),
                                        .n_rows = layout_now().n_rows,
                                        .row_tokens = 1});
    viewport()->update();
}

void CompareView::scroll_to(std::size_t position) {
    const int value = verticalScrollBar()->value();
    const int page = verticalScrollBar()->pageStep();
    const int row = static_cast<int>(position);
    if (row < value || row >= value + page) verticalScrollBar()->setValue(row - page / 2);
}

void CompareView::resizeEvent(QResizeEvent*) {
    fit_scroll_bar();
    read_rows();
}

void CompareView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), qt_color(theme_.surface));
    render::Chart chart;
    if (!shown_.rows.empty()) render::add_compare(chart, shown_, layout_now(), theme_);
    paint_chart(painter, chart);
}

render::Chart CompareView::chart(int width, int height) const {
    render::CompareChartModel model{.title = (shown_.name_a + " and " + shown_.name_b),
                                    .subtitle = {},
                                    .a = a_,
                                    .b = b_,
                                    .first = shown_.rows.empty() ? 0 : shown_.rows.front().first,
                                    .end = shown_.rows.empty() ? 0 : shown_.rows.back().end,
                                    .compared = shown_};
    return render::compare_chart(std::move(model), width, height, theme_);
}

QString CompareView::words_of(const render::CompareHit& hit) const {
    if (hit.row >= shown_.rows.size()) return {};
    const render::CompareRow& row = shown_.rows[hit.row];
    QStringList lines{tr("Token %1: A \u201C%2\u201D, B \u201C%3\u201D")
                          .arg(row.first)
                          .arg(QString::fromStdString(row.text_a), QString::fromStdString(row.text_b))};
    if (hit.layer && hit.expert) {
        const std::size_t cell = *hit.layer * shown_.shape.n_experts + *hit.expert;
        const auto value = [&](bool is_there, const std::vector<float>& cells) {
            return number(is_there ? std::optional(static_cast<double>(cells[cell])) : std::nullopt);
        };
        lines << tr("Layer %1, expert %2: A %3, B %4, B \u2212 A %5")
                     .arg(layer_number(shown_.shape, *hit.layer))
                     .arg(*hit.expert)
                     .arg(value(row.has_a, row.a), value(row.has_b, row.b),
                          value(row.has_a && row.has_b, row.difference));
        lines << (shown_.has_weights ? tr("Applied weights, from the traces; 0: not chosen")
                                     : tr("1: chosen, 0: not; a trace has no weights"));
    }
    lines << tr("KL(A || B) of the routers %1 nats, mean over layers of \u03A3 p ln(p/q) of the scores; "
                "control, A's token against the one before it, %2")
                 .arg(number(row.divergence), number(row.control));
    return lines.join(QLatin1Char('\n'));
}

void CompareView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const auto hit = render::compare_hit(layout_now(), static_cast<int>(event->position().x()),
                                         static_cast<int>(event->position().y()));
    if (!hit || hit->row >= shown_.rows.size()) return;
    Q_EMIT place_chosen(hit->block.value_or(CompareBlock::B), shown_.rows[hit->row].first, hit->layer,
                        hit->expert);
}

void CompareView::keyPressEvent(QKeyEvent* event) {
    const int down = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    const int right = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (n_positions() == 0 || (down == 0 && right == 0)) return QAbstractScrollArea::keyPressEvent(event);
    const auto last_layer = static_cast<int>(shown_.shape.n_layers) - 1;
    const int layer =
        std::clamp(static_cast<int>(shown_.selected_layer.value_or(0)) + right, 0, std::max(0, last_layer));
    const int row = std::clamp(static_cast<int>(shown_.selected_token.value_or(0)) + down, 0,
                               static_cast<int>(n_positions()) - 1);
    Q_EMIT place_chosen(CompareBlock::Difference, static_cast<std::size_t>(row),
                        static_cast<std::size_t>(layer), std::nullopt);
    scroll_to(static_cast<std::size_t>(row));
}

bool CompareView::event(QEvent* event) {
    // The window's commands have the arrows too; here they move between rows and layers.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool is_arrow = key->key() == Qt::Key_Left || key->key() == Qt::Key_Right ||
                              key->key() == Qt::Key_Up || key->key() == Qt::Key_Down;
        if (is_arrow && key->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

bool CompareView::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto hit = render::compare_hit(layout_now(), help->x(), help->y());
    QToolTip::showText(help->globalPos(), hit ? words_of(*hit) : QString(), viewport());
    return true;
}

}  // namespace moe::app
