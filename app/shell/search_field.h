#pragma once

#include <QPushButton>

#include "render/scene/theme.h"

namespace moe::app {

/// Looks like a field at the right end of the menu bar; a click opens the palette.
class SearchField : public QPushButton {
    Q_OBJECT
  public:
    SearchField(const QString& keys, QWidget* parent);

    void set_theme(const render::Theme& theme);
    QSize sizeHint() const override { return {300, 30}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString keys_;
    render::Theme theme_ = render::kDarkTheme;
};

}  // namespace moe::app
