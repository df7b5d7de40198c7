#pragma once

#include <QLabel>

#include "app/docks/dock_theme.h"

namespace moe::app {

/// A number with its name above and its value under uniform routing below.
class Figure : public QWidget {
    Q_OBJECT
  public:
    Figure(const QString& name, const QString& explanation, QWidget* parent = nullptr);
    void set_values(const QString& value, const QString& unit, const QString& reference);
    void set_theme(const DockTheme& theme);

  private:
    QLabel* name_;
    QLabel* value_;
    QLabel* reference_;
    DockTheme theme_;
};

/// Of a label, whatever its parent has.
void set_text_color(QLabel* label, const QColor& color);

}  // namespace moe::app
