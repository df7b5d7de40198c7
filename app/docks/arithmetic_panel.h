#pragma once

#include <QLabel>
#include <QTextBrowser>
#include <QToolButton>

#include "app/docks/dock_theme.h"
#include "app/docks/dock_title.h"
#include "app/docks/router_arithmetic.h"

namespace moe::app {

/// "Show the arithmetic": a heading that opens and closes, and the steps under it as text to read and copy.
/// It is as high as its text: the page that it stands in scrolls, also by the keys of the text.
class ArithmeticPanel : public QWidget {
    Q_OBJECT
  public:
    explicit ArithmeticPanel(QWidget* parent = nullptr);

    void set_model(RouterArithmetic arithmetic);
    void set_theme(const DockTheme& theme);
    void set_open(bool is_open);
    bool is_open() const { return toggle_->isChecked(); }
    QString text() const { return steps_->toPlainText(); }

  Q_SIGNALS:
    void open_changed(bool is_open);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void show_steps();
    void fit();

    QToolButton* toggle_;
    ElidedLabel* origin_;
    QTextBrowser* steps_;
    RouterArithmetic arithmetic_;
    DockTheme theme_;
};

}  // namespace moe::app
