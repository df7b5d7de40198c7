#pragma once

#include <QComboBox>
#include <QPushButton>
#include <QToolBar>
#include <QToolButton>

#include "app/shell/app_state.h"
#include "app/shell/command_list.h"
#include "app/shell/workspace_switch.h"
#include "render/scene/theme.h"

namespace moe::app {

/// The row under the menu: steps, the one primary button, speed, follow or stay, branch, run, recording,
/// workspaces.
class ToolBar : public QToolBar {
    Q_OBJECT
  public:
    explicit ToolBar(CommandList& commands, QWidget* parent = nullptr);

    void set_state(const AppState& state);
    void set_theme(const render::Theme& theme);

  Q_SIGNALS:
    void run_chosen(RunKey run);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QToolButton* add_command(CommandId id, Qt::ToolButtonStyle style);
    void add_speed();
    void add_runs();
    void set_runs(const AppState& state);
    void add_follow_switch();
    void show_play_button();
    void fit();

    CommandList& commands_;
    QPushButton* play_;
    QComboBox* speed_;
    QComboBox* runs_;
    std::vector<RunKey> run_keys_;  // as in the box
    QStringList run_names_;
    QToolButton* follow_ = nullptr;
    QToolButton* stay_ = nullptr;
    QToolButton* record_ = nullptr;
    WorkspaceSwitch* workspaces_;
    std::vector<QToolButton*> worded_;  // lose their words in a narrow window
    bool is_playing_ = false;
    bool plays_record_ = false;
    bool is_recording_ = false;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
