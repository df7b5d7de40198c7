#pragma once

#include <QPixmap>
#include <QWidget>
#include <stop_token>

#include "app/docks/background.h"
#include "app/docks/timeline_curves.h"

namespace moe::app {

/// All of a run in one strip: density, entropy, overlap and margin over its tokens, what is in view, the selected
/// token and the range. Mouse: a click or drag selects a token, a drag of the bracket moves the view, a drag
/// with Shift chooses a range, a double click gives it up. The figures are worked out in the background while
/// it is shown.
class TimelineView : public QWidget {
    Q_OBJECT
  public:
    explicit TimelineView(QWidget* parent = nullptr);
    ~TimelineView() override;

    void set_model(const TimelineModel& model);
    void set_theme(const DockTheme& theme);
    const TimelineSeries& series() const { return series_; }
    TimelineLayout layout_now() const;
    /// All figures of the trace are worked out and shown, or the view is not.
    bool is_settled() const { return series_.n_missing() == 0 || !isVisible(); }
    QSize sizeHint() const override { return {600, 132}; }
    QSize minimumSizeHint() const override { return {200, 64}; }

  Q_SIGNALS:
    void token_chosen(std::size_t position);
    void token_scrubbed(std::size_t position);  ///< on the way, while the button is down
    void view_dragged(std::size_t middle);      ///< the picture should have this token in its middle
    void range_chosen(moe::app::TokenRange range);
    void range_given_up();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

  private:
    enum class Drag { None, Cursor, Bracket, Range };
    void ask();
    void take(std::span<const TimelinePart> parts);
    void tell();
    void drag_to(const QPointF& position, bool is_press);
    void paint_range(QPainter& painter, const TimelineLayout& layout) const;
    void paint_bracket(QPainter& painter, const TimelineLayout& layout) const;
    void paint_cursor(QPainter& painter, const TimelineLayout& layout) const;
    void paint_marks(QPainter& painter, const TimelineLayout& layout) const;
    QString words_at(const QPointF& position) const;

    TimelineModel model_;
    TimelineSeries series_;
    DockTheme theme_;
    QPixmap curves_;  // drawn anew when tokens, figures, size or theme change
    bool is_stale_ = true;
    Background* background_;
    std::stop_source stop_;  // of the work for the run that is shown
    bool is_asked_ = false;  // an answer is on its way
    Drag drag_ = Drag::None;
    std::size_t drag_token_ = 0;      // where a range began
    std::ptrdiff_t drag_offset_ = 0;  // from the bracket's middle to the pointer
};

}  // namespace moe::app
