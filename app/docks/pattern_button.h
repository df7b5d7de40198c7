#pragma once

#include <QToolButton>

namespace moe::app {

/// A button beside a search field, with a menu of patterns for what people often look for.
class PatternButton : public QToolButton {
    Q_OBJECT
  public:
    explicit PatternButton(QWidget* parent = nullptr);

  Q_SIGNALS:
    void pattern_chosen(const QString& pattern);
};

}  // namespace moe::app
