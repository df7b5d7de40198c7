#pragma once

#include "app/viewport/compare_view.h"  // first: it includes Vulkan before Qt

#include "app/docks/dock_title.h"

namespace moe::app {

/// The difference picture of the two runs that Compare has chosen. In the shell for the same reason as
/// PathDock.
class DifferenceDock : public TitledDock {
    Q_OBJECT
  public:
    explicit DifferenceDock(QWidget* parent = nullptr);

    /// `why_not` says why there is no picture; empty where there is one.
    void set_pair(const ComparePair& pair, const QString& why_not);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return view_; }
    CompareView* view() const { return view_; }

  private:
    CompareView* view_;
    QLabel* note_;
};

}  // namespace moe::app
