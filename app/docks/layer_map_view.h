#pragma once

#include <QImage>
#include <QWidget>
#include <optional>

#include "app/docks/balance_model.h"
#include "app/docks/dock_theme.h"

namespace moe::app {

/// A layer's expert, as a row and a column of the map.
struct LayerExpert {
    std::size_t layer = 0;  ///< on the trace's layer axis
    std::size_t expert = 0;
    bool operator==(const LayerExpert&) const = default;
};

/// The loads of a range, layers down and experts across, as multiples of the fair share. A click chooses a layer's
/// expert, arrows move.
class LayerMapView : public QWidget {
    Q_OBJECT
  public:
    static constexpr double kScaleEnd = 4;  ///< multiples of the fair share; the same for every range

    explicit LayerMapView(QWidget* parent = nullptr);

    void set_model(BalanceModel model);
    void set_chosen(std::size_t layer, std::optional<std::size_t> expert);
    void set_theme(const DockTheme& theme);

    QRectF rect_of(const LayerExpert& cell) const;
    /// Of the fair share; 0 where nothing was counted.
    double multiple(const LayerExpert& cell) const;
    QColor color_of(const LayerExpert& cell) const;
    QString words_of(const LayerExpert& cell) const;

  Q_SIGNALS:
    void expert_chosen(std::size_t layer, std::size_t expert);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    std::size_t n_layers() const { return model_.rows.size(); }
    QRectF field() const;  // the cells
    QSizeF cell_size() const;
    std::optional<LayerExpert> cell_at(QPointF position) const;
    std::optional<std::size_t> row_of(std::size_t layer) const;
    void rebuild();
    void tell();
    void paint_labels(QPainter& painter) const;
    void paint_scale(QPainter& painter) const;
    void paint_chosen(QPainter& painter) const;

    BalanceModel model_;
    std::size_t layer_ = 0;
    std::optional<std::size_t> expert_;
    QImage image_;  // a pixel a cell
    DockTheme theme_;
};

}  // namespace moe::app
