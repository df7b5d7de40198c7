#pragma once

#include <QWidget>
#include <vector>

#include "app/docks/dock_theme.h"

namespace moe::app {

/// A bar for each piece of a range, from its first token to its last, with a dashed line for the fair share.
class PlaceStrip : public QWidget {
    Q_OBJECT
  public:
    explicit PlaceStrip(QWidget* parent = nullptr);
    void set_values(std::vector<double> values, double fair_share);
    void set_theme(const DockTheme& theme);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<double> values_;  ///< 0 to 1
    double fair_share_ = 0;
    DockTheme theme_;
};

}  // namespace moe::app
