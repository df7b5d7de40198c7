#pragma once

#include "app/viewport/compare_view.h"  // first: it includes Vulkan before Qt

#include "app/docks/titled_dock.h"
#include "app/docks/step_note.h"

namespace moe::app {

/// The difference picture of the two runs that Compare has chosen. In the shell for the same reason as
/// PathDock.
class DifferenceDock : public TitledDock {
    Q_OBJECT
  public:
    explicit DifferenceDock(QWidget* parent = nullptr);

    void set_pair(const ComparePair& pair);
    /// Why there is no picture, and what leads to one.
    void set_absent(const StepNote::Model& why);
    void set_theme(const DockTheme& theme) override;
    QWidget* focus_target() const override { return view_; }
    CompareView* view() const { return view_; }
    StepNote* note() const { return note_; }

  private:
    CompareView* view_;
    StepNote* note_;
};

}  // namespace moe::app
