#pragma once

#include <vulkan/vulkan.h>  // before any Qt header, as in picture_view.h

#include <QAbstractScrollArea>
#include <optional>

#include "engine/trace/trace_store.h"
#include "render/scene/compare_chart.h"

namespace moe::app {

/// Two runs to show side by side.
struct ComparePair {
    TraceSnapshot a;
    TraceSnapshot b;
    render::CompareModel compared;  ///< names, first differences, selection; rows and shape are made here
};

/// The rows of two runs three times: A, B less A, B. It scrolls; a click chooses a place, arrows move between
/// rows and layers, every cell says its numbers on hover.
class CompareView : public QAbstractScrollArea {
    Q_OBJECT
  public:
    explicit CompareView(QWidget* parent = nullptr);

    void set_pair(const ComparePair& pair);
    void set_theme(const render::Theme& theme);
    void scroll_to(std::size_t position);

    /// The rows in view as a picture of their own.
    render::Chart chart(int width, int height) const;
    const render::CompareModel& shown() const { return shown_; }
    render::CompareLayout layout_now() const;
    QString words_of(const render::CompareHit& hit) const;

  Q_SIGNALS:
    void place_chosen(moe::render::CompareBlock block, std::size_t position, std::optional<std::size_t> layer,
                      std::optional<std::size_t> expert);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    void fit_scroll_bar();
    void read_rows();
    std::size_t n_positions() const;

    TraceSnapshot a_;
    TraceSnapshot b_;
    render::CompareModel shown_;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
