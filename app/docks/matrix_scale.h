#pragma once

#include <QWidget>

#include "app/docks/dock_theme.h"

namespace moe::app {

/// What the colours of a matrix mean: a bar with its ends in words, lying or upright.
class MatrixScale : public QWidget {
    Q_OBJECT
  public:
    /// The words at the ends and in the middle; upright there is less room for them.
    struct Words {
        QString low, middle, high;
        QString low_upright, high_upright;
        bool is_diverging = false;  ///< from less than chance to more
    };
    explicit MatrixScale(QWidget* parent = nullptr);

    void set_words(const Words& words);
    void set_upright(bool is_upright);
    void set_theme(const DockTheme& theme);
    int upright_width() const;

    static constexpr int kLyingHeight = 16;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void paint_bar(QPainter& painter, const QRectF& bar) const;

    Words words_;
    bool is_upright_ = false;
    DockTheme theme_;
};

}  // namespace moe::app
