#pragma once

#include <QComboBox>
#include <QWidget>

#include "app/shell/command_list.h"
#include "render/scene/theme.h"

namespace moe::app {

/// Which workspace the window is in: a row of buttons, or a box where there is no room for them.
class WorkspaceSwitch : public QWidget {
    Q_OBJECT
  public:
    explicit WorkspaceSwitch(CommandList& commands, QWidget* parent = nullptr);

    /// Takes the form that fits into `width` pixels.
    void fit_into(int width);
    int row_width() const;  ///< that the buttons need
    void set_theme(const render::Theme& theme);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void show_chosen();

    CommandList& commands_;
    QWidget* row_;
    QComboBox* box_;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
