#pragma once

#include "app/docks/titled_dock.h"
#include "app/docks/timeline_view.h"

namespace moe::app {

/// The timeline under the picture, with its legend in the title.
class TimelineDock : public TitledDock {
    Q_OBJECT
  public:
    explicit TimelineDock(QWidget* parent);

    void set_model(const TimelineModel& model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return view_; }
    TimelineView* view() const { return view_; }

  private:
    void show_legend();

    TimelineView* view_;
    QLabel* legend_;
    DockTheme theme_;
    std::size_t layer_number_ = 0;  // of the selected one
};

}  // namespace moe::app
