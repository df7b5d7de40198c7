#pragma once

#include <QLabel>
#include <QStatusBar>

#include "app/docks/dock_title.h"
#include "app/shell/app_state.h"
#include "render/scene/theme.h"

namespace moe::app {

/// What the picture tells for the status bar.
struct PictureFacts {
    QString backend;  ///< "Vulkan: llvmpipe, CPU resolve"
    double frame_ms = 0;
};

/// The bottom row. Numbers have their widths reserved, so that nothing moves while tokens arrive.
class StatusBar : public QStatusBar {
    Q_OBJECT
  public:
    explicit StatusBar(QWidget* parent = nullptr);

    void set_state(const AppState& state, const PictureFacts& picture, const QString& selection);
    void set_theme(const render::Theme& theme);
    void say(const QString& words);  ///< for some seconds, in place of the rest

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QLabel* add_item(const QString& widest);
    ElidedLabel* add_words();
    QFrame* add_to_row(QLabel* label, const QString& name);  ///< returns the line after it
    QFrame* add_separator();
    QString number_html(const QString& number, const QString& unit) const;
    QString state_html(const AppState& state) const;
    void show_recording(const AppState& state);

    QWidget* row_;
    QLabel *state_, *tokens_, *speed_, *frame_;
    ElidedLabel *model_, *backend_;  // give way in a narrow window
    QFrame *backend_end_, *frame_end_;
    ElidedLabel* selection_;
    QLabel* recording_;
    render::Theme theme_ = render::kDarkTheme;
};

/// The model in one line: name, layers, experts, top-k.
QString model_summary(const AppState& state);

}  // namespace moe::app
