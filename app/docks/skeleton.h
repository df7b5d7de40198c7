#pragma once

#include <QWidget>

#include "app/docks/dock_theme.h"

namespace moe::app {

/// Grey bars in place of a router's table before there is one: chosen experts, the cut, the rest.
class RouterSkeleton : public QWidget {
    Q_OBJECT
  public:
    using QWidget::QWidget;
    void set_theme(const DockTheme& theme);
    QSize minimumSizeHint() const override { return {60, 0}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    DockTheme theme_;
};

}  // namespace moe::app
