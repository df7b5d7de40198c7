#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "app/docks/dock_theme.h"
#include "app/docks/token_coloring.h"

namespace moe::app {

/// What the colours of the text mean: the most frequent top experts with their tints, or a scale.
class TokenLegend : public QWidget {
    Q_OBJECT
  public:
    explicit TokenLegend(QWidget* parent = nullptr);
    void set_experts(std::vector<std::size_t> experts);
    void set_scale(const ShadeScale& scale);
    void set_theme(const DockTheme& theme);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int letter_pixels() const;
    void paint_experts(QPainter& painter);
    void paint_scale(QPainter& painter);

    std::vector<std::size_t> experts_;
    std::optional<ShadeScale> scale_;
    DockTheme theme_;
};

}  // namespace moe::app
