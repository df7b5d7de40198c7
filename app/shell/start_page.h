#pragma once

#include <QAbstractButton>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <vector>

#include "app/docks/prompt_dock.h"
#include "app/shell/app_state.h"
#include "render/scene/orientation.h"
#include "render/scene/theme.h"

namespace moe::app {

/// A prompt to choose: its name, its first line, what to look at.
class SampleButton : public QAbstractButton {
    Q_OBJECT
  public:
    SampleButton(const PromptSample& sample, QWidget* parent);
    const PromptSample& sample() const { return sample_; }
    void set_theme(const render::Theme& theme);
    QSize sizeHint() const override { return {420, 46}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    PromptSample sample_;
    render::Theme theme_ = render::kDarkTheme;
};

/// The card over the empty picture: what to press, what to start from. It goes with the first run.
class StartPage : public QFrame {
    Q_OBJECT
  public:
    StartPage(const std::vector<PromptSample>& samples, QWidget* picture);

    void set_state(const AppState& state);
    void set_theme(const render::Theme& theme);
    void set_orientation(render::Orientation orientation);  ///< of the picture
    QString subtitle() const { return subtitle_->text(); }
    void focus_run_button() { run_->setFocus(Qt::OtherFocusReason); }
    void place();  ///< in the middle of its parent

  Q_SIGNALS:
    void run_requested();
    void sample_chosen(const QString& prompt);
    void open_model_requested();
    void open_trace_requested();

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QLayout* head();
    QLayout* foot();

    QWidget* content_;  ///< scrolls where there is less room
    QLabel *title_, *subtitle_, *samples_title_, *model_note_, *drop_note_;
    QPushButton *run_, *open_model_, *open_trace_;
    std::vector<SampleButton*> samples_;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
