#pragma once

#include "app/viewport/path_view.h"  // first: it includes Vulkan before Qt

#include <QMenu>
#include <QScrollArea>

#include "app/docks/titled_dock.h"

namespace moe::app {

/// The current token's path through the layers. It stands in the shell, not with the other docks, because its
/// picture is made by the render library.
class PathDock : public TitledDock {
    Q_OBJECT
  public:
    explicit PathDock(QWidget* parent = nullptr);

    void set_model(const PathModel& model);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return view_; }
    PathView* view() const { return view_; }
    QAction* runner_ups() const { return runner_ups_; }
    QAction* scores() const { return scores_; }

  private:
    DockTheme theme_;
    PathView* view_;
    QScrollArea* area_;
    QLabel* note_;
    QAction* runner_ups_;
    QAction* scores_;
};

}  // namespace moe::app
