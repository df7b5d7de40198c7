#pragma once

#include <vulkan/vulkan.h>  // before any Qt header, as in picture_view.h

#include <QElapsedTimer>
#include <QVariantAnimation>
#include <QWidget>
#include <memory>
#include <optional>

#include "engine/stats/margin_sample.h"
#include "engine/trace/trace_store.h"
#include "render/scene/path_chart.h"
#include "render/scene/view_state.h"

namespace moe::app {

/// What the path of a token is shown for.
struct PathModel {
    TraceSnapshot trace;
    render::CellRef selection;  ///< its token's path; layer and expert are marked
    bool reduced_motion = false;
    bool has_branches = false;  ///< the model has shared experts or dense branches beside the routed ones
    std::shared_ptr<const MarginSample> margins = std::make_shared<MarginSample>();  ///< of the run
};

/// The way of one token through the layers: layers down, experts across. It moves from token to token. Click
/// or arrows choose a layer and an expert; every mark says its numbers on hover.
class PathView : public QWidget {
    Q_OBJECT
  public:
    explicit PathView(QWidget* parent = nullptr);

    void set_model(const PathModel& model);
    void set_theme(const render::Theme& theme);
    void set_shows_runner_ups(bool shows);
    void set_shows_scores(bool shows);
    bool shows_runner_ups() const { return style_.shows_runner_ups; }
    bool shows_scores() const { return style_.shows_scores; }

    /// The same as a picture of its own.
    render::Chart chart(int width, int height) const;
    const render::TokenPath& path() const { return path_; }
    bool is_moving() const { return motion_.state() == QAbstractAnimation::Running; }
    render::PathLayout layout_now() const;
    /// What stands at a place, with formula and values; empty where nothing is.
    QString words_at(const QPointF& position) const;
    QString words_of(const render::PathHit& hit) const;

  Q_SIGNALS:
    void expert_chosen(std::size_t layer, std::optional<std::size_t> expert);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    bool may_move(const render::TokenPath& path) const;
    render::TokenPath path_now() const;  // between two tokens while it moves
    std::optional<render::PathHit> hit_at(const QPointF& position) const;
    void hover(const std::optional<render::PathHit>& hit);
    void move_cursor(int down, int right);
    void tell_selection();

    PathModel model_;
    render::TokenPath path_;
    render::TokenPath path_before_;
    render::PathStyle style_;
    render::Theme theme_ = render::kDarkTheme;
    QVariantAnimation motion_;
    QElapsedTimer since_change_;
};

}  // namespace moe::app
