#include "app/viewport/path_view.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>
#include <algorithm>
#include <utility>

#include "app/viewport/chart_painter.h"
#include "app/viewport/fonts.h"
#include "app/viewport/number_text.h"
#include "app/viewport/qt_color.h"
#include "app/viewport/selection_words.h"

namespace moe::app {

namespace {

constexpr int kMotionMs = 160;
constexpr double kMargin = 12;
constexpr std::size_t kMostSpokenLayers = 12;
constexpr std::size_t kFewRibbons = 200;  // a millisecond or two to paint
constexpr std::size_t kMostMovingRibbons = 4000;
constexpr int kRestPerMotion = 3;
constexpr qint64 kShortRestMs = 240;  // with less than that between two tokens the path jumps
constexpr qint64 kLongRestMs = 400;

QString number(double value, int decimals = 3) {
    return QString::fromStdString(decimals_text(value, decimals));
}

}  // namespace

PathView::PathView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("path_view"));
    setAccessibleName(tr("Path of the token through the layers"));
    setWhatsThis(tr(
        "Square: a chosen expert, size and colour by its applied weight w.\nRibbon: width by the product of "
        "the two weights, w·w′; derived here.\nFrame: the runner-up, the best ranked of the experts that "
        "were not chosen; amber: a near miss, its margin being among the smallest tenth of the layer's in "
        "this run; counted here.\nBar: the branch's output norm / the sum of the norms of all branches; "
        "measured by the engine."));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    register_fonts();
    motion_.setStartValue(0.0);
    motion_.setEndValue(1.0);
    motion_.setEasingCurve(QEasingCurve::OutCubic);
    connect(&motion_, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
}

void PathView::set_model(const PathModel& model) {
    const auto token = model.selection.token;
    const bool has_token = token && *token < model.trace.n_tokens();
    render::TokenPath path = has_token ? render::token_path(model.trace, *token, *model.margins)
                                       : render::token_path(model.trace, model.trace.n_tokens());
    const bool is_other = token != model_.selection.token || path.layers.size() != path_.layers.size();
    model_ = model;
    if (is_other) {
        const bool moves = may_move(path);
        path_before_ = path_now();
        path_ = std::move(path);
        motion_.stop();
        if (moves) {
            // Most of the time until the next token the picture is to show this one's own path.
            const qint64 rest_ms =
                since_change_.isValid() ? since_change_.elapsed() : kMotionMs * kRestPerMotion;
            motion_.setDuration(static_cast<int>(std::min<qint64>(kMotionMs, rest_ms / kRestPerMotion)));
            motion_.start();
        }
        if (isVisible()) since_change_.start();
        style_.hover.reset();
    } else {
        path_ = std::move(path);
    }
    style_.selected_layer = model.selection.layer;
    style_.selected_expert = model.selection.expert;
    setMinimumHeight(static_cast<int>(render::path_height(path_.layer_ids.size()) + kMargin));
    tell_selection();
    update();
}

// A run that is faster than the eye, and a path of very many ribbons while a run goes on, jump: movement must
// not keep the processor from the engine.
bool PathView::may_move(const render::TokenPath& path) const {
    const bool is_wanted = !model_.reduced_motion &&
                           style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) > 0;
    if (!is_wanted || !isVisible() || path_.layers.empty() || path.layers.empty()) return false;
    const std::size_t top_k = path.layers.front().chosen.size();
    const std::size_t n_ribbons = path.layers.size() * top_k * top_k;
    const qint64 rest_ms = n_ribbons <= kFewRibbons ? kShortRestMs : kLongRestMs;
    return n_ribbons <= kMostMovingRibbons &&
           (!since_change_.isValid() || since_change_.elapsed() >= rest_ms);
}

void PathView::set_theme(const render::Theme& theme) {
    theme_ = theme;
    update();
}

void PathView::set_shows_runner_ups(bool shows) {
    style_.shows_runner_ups = shows;
    update();
}

void PathView::set_shows_scores(bool shows) {
    style_.shows_scores = shows;
    update();
}

render::TokenPath PathView::path_now() const {
    if (!is_moving()) return path_;
    return render::moved(path_before_, path_, motion_.currentValue().toDouble());
}

render::PathLayout PathView::layout_now() const {
    return render::path_layout(path_, {kMargin, 4, width() - kMargin, height() - kMargin / 2});
}

void PathView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), qt_color(theme_.surface));
    render::Chart chart;
    const render::PathLayout layout = layout_now();
    render::add_path(chart, path_now(), layout, style_, theme_);
    paint_chart(painter, chart);
    if (!hasFocus()) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(qt_color(theme_.accent), 2));
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

render::Chart PathView::chart(int width, int height) const {
    const std::size_t token = model_.selection.token.value_or(0);
    render::PathChartModel model{.title = tr("Path of token %1 through the layers").arg(token).toStdString(),
                                 .subtitle = {},
                                 .path = path_,
                                 .style = style_};
    model.style.hover.reset();
    if (token < model_.trace.n_tokens())
        model.subtitle = "\u201C" + token_text(model_.trace.token(token).bytes) + "\u201D";
    return render::path_chart(model, width, height, theme_);
}

std::optional<render::PathHit> PathView::hit_at(const QPointF& position) const {
    return render::path_hit(path_, layout_now(), {position.x(), position.y()});
}

QString PathView::words_at(const QPointF& position) const {
    const auto hit = hit_at(position);
    return hit ? words_of(*hit) : QString();
}

QString PathView::words_of(const render::PathHit& hit) const {
    const render::PathLayer& layer = path_.layers[hit.layer];
    const int id = path_.layer_ids[hit.layer];
    if (hit.branch) {
        const auto norm = [&](render::PathBranch branch) {
            return number(layer.branch_norm[static_cast<std::size_t>(branch)]);
        };
        return tr("Layer %1, %2: %3 of the sum of the branches' output norms\n"
                  "|routed| %4, |shared| %5, |dense| %6; measured by the engine. "
                  "Norms of outputs that point apart do not add up to that of their sum")
            .arg(id)
            .arg(*hit.branch == render::PathBranch::Shared ? tr("shared experts") : tr("dense branch"))
            .arg(number(path_.share(hit.layer, *hit.branch)), norm(render::PathBranch::Routed),
                 norm(render::PathBranch::Shared), norm(render::PathBranch::Dense));
    }
    if (hit.next_slot) {
        const render::PathNode& from = layer.chosen[*hit.slot];
        const render::PathNode& to = path_.layers[hit.layer + 1].chosen[*hit.next_slot];
        const QString places = tr("Layer %1 expert %2 to layer %3 expert %4")
                                   .arg(id)
                                   .arg(from.expert)
                                   .arg(path_.layer_ids[hit.layer + 1])
                                   .arg(to.expert);
        if (!path_.has_weights) return places + tr("\nThis trace has no weights");
        return places + tr("\nw\u00B7w\u2032 = %1 \u00B7 %2 = %3; derived here from the applied weights")
                            .arg(number(from.weight), number(to.weight), number(from.weight * to.weight));
    }
    if (!hit.expert) return tr("Layer %1").arg(id);
    QStringList lines{tr("Layer %1, expert %2").arg(id).arg(*hit.expert)};
    if (hit.slot) {
        lines << tr("Rank %1 of the %2 chosen").arg(*hit.slot + 1).arg(layer.chosen.size());
        lines
            << (path_.has_weights
                    ? tr("Applied weight w = %1, from the trace").arg(number(layer.chosen[*hit.slot].weight))
                    : tr("This trace has no weights"));
    } else if (layer.runner_up == hit.expert) {
        lines << tr("Runner-up: the best ranked that was not chosen, %1 behind the last chosen")
                     .arg(number(layer.margin));
        if (const auto rank = model_.margins->rank(hit.layer, layer.margin))
            lines << (layer.is_near_miss
                          ? tr("Near miss: margin %1 of the layer's %2, smallest first")
                          : tr("Margin %1 of the layer's %2, smallest first; near misses are the smallest tenth"))
                         .arg(rank->rank)
                         .arg(rank->n_margins);
    } else {
        lines << tr("Not chosen");
    }
    if (*hit.expert < layer.scores.size())
        lines << tr("Score after the gating function %1")
                     .arg(number(static_cast<double>(layer.scores[*hit.expert])));
    return lines.join(QLatin1Char('\n'));
}

void PathView::hover(const std::optional<render::PathHit>& hit) {
    if (style_.hover == hit) return;
    style_.hover = hit;
    update();
}

void PathView::mouseMoveEvent(QMouseEvent* event) { hover(hit_at(event->position())); }

void PathView::leaveEvent(QEvent* event) {
    hover({});
    QWidget::leaveEvent(event);
}

void PathView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const auto hit = hit_at(event->position());
    if (!hit) return;
    std::optional<std::size_t> expert = hit->expert;
    if (hit->next_slot) expert = static_cast<std::size_t>(path_.layers[hit->layer].chosen[*hit->slot].expert);
    Q_EMIT expert_chosen(hit->layer, expert);
}

// Up and down change the layer and keep to the favourite; left and right go through its chosen experts and
// the runner-up as they stand.
void PathView::move_cursor(int down, int right) {
    const int last = static_cast<int>(path_.layers.size()) - 1;
    const int layer = std::clamp(static_cast<int>(model_.selection.layer.value_or(0)) + down, 0, last);
    const render::PathLayer& here = path_.layers[static_cast<std::size_t>(layer)];
    if (here.chosen.empty()) return Q_EMIT expert_chosen(static_cast<std::size_t>(layer), std::nullopt);
    std::size_t expert = static_cast<std::size_t>(here.chosen.front().expert);
    if (right != 0) {
        std::vector<std::size_t> places;
        for (const render::PathNode& node : here.chosen)
            places.push_back(static_cast<std::size_t>(node.expert));
        if (here.runner_up) places.push_back(*here.runner_up);
        std::ranges::sort(places);
        const auto current = std::ranges::find(places, model_.selection.expert.value_or(expert));
        const auto index = current == places.end() ? 0 : current - places.begin() + right;
        expert =
            places[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(index, 0, std::ssize(places) - 1))];
    }
    Q_EMIT expert_chosen(static_cast<std::size_t>(layer), expert);
}

void PathView::keyPressEvent(QKeyEvent* event) {
    const int down = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    const int right = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (path_.layers.empty() || (down == 0 && right == 0)) return QWidget::keyPressEvent(event);
    move_cursor(down, right);
}

// The selected place, then the whole path where it can be listened to.
void PathView::tell_selection() {
    QString words = QString::fromStdString(selection_in_words(model_.trace, model_.selection));
    if (path_.layers.size() <= kMostSpokenLayers) {
        for (std::size_t layer = 0; layer < path_.layers.size(); ++layer) {
            QStringList experts;
            for (const render::PathNode& node : path_.layers[layer].chosen) {
                const QString expert = QString::number(static_cast<int>(node.expert));
                experts << (path_.has_weights ? tr("%1 with %2").arg(expert, number(node.weight, 2))
                                              : expert);
            }
            words += tr("; layer %1: %2").arg(path_.layer_ids[layer]).arg(experts.join(QStringLiteral(", ")));
        }
    }
    if (words == accessibleDescription()) return;
    setAccessibleDescription(words);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

bool PathView::event(QEvent* event) {
    // The window's commands have the arrows too; here they move in the path.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool is_arrow = key->key() == Qt::Key_Left || key->key() == Qt::Key_Right ||
                              key->key() == Qt::Key_Up || key->key() == Qt::Key_Down;
        if (is_arrow && key->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), words_at(help->pos()), this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace moe::app
