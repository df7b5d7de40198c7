#pragma once

#include <QLabel>
#include <QPushButton>
#include <QToolBar>
#include <QToolButton>

#include "app/docks/dock_title.h"
#include "app/shell/app_state.h"
#include "render/scene/theme.h"

namespace moe::app {

/// A row under the tool bar that says what failed, why, what to do, and that nothing else changed.
class ErrorBanner : public QToolBar {
    Q_OBJECT
  public:
    explicit ErrorBanner(QWidget* parent = nullptr);

    void show_failure(const Failure& failure);
    void dismiss();
    void set_theme(const render::Theme& theme);
    QString text() const;  ///< all of it, for screen readers and tests

  Q_SIGNALS:
    void other_file_requested();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QWidget* body();
    void show_icons();

    Failure failure_;
    QLabel* icon_;
    ElidedLabel* title_;
    ElidedLabel* reason_;
    ElidedLabel* advice_;
    QPushButton* other_file_;
    QPushButton* retry_;
    QPushButton* copy_;
    QToolButton* close_;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
