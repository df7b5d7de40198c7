#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "app/docks/dock_theme.h"
#include "engine/stats/margin_sample.h"

namespace moe::app {

/// A token's margin at one layer beside the margins of the run.
struct LayerMargin {
    std::size_t number = 0;  ///< of the layer, as people count
    double margin = 0;
    std::optional<double> share_below = {};  ///< of the layer's margins, 0 to 1 (MarginSample)
    std::optional<MarginRank> rank = {};     ///< among those
    bool is_near_miss = false;
};

/// "17th smallest of the layer's 20 margins", and what a near miss is; empty where it has no rank.
QString margin_rank_words(const LayerMargin& margin);

/// A bar for each layer: how the token's margin stands among those of its layer, low for a close call. The
/// dashed line is the median. A click chooses the layer.
class MarginStrip : public QWidget {
    Q_OBJECT
  public:
    explicit MarginStrip(QWidget* parent = nullptr);

    /// One entry a layer, none where the token has no margin there.
    void set_margins(std::vector<std::optional<LayerMargin>> margins, std::size_t selected);
    void set_theme(const DockTheme& theme);

  Q_SIGNALS:
    void layer_chosen(std::size_t layer);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QRectF field() const;
    std::optional<std::size_t> layer_at(const QPointF& place) const;
    QString words_of(std::size_t layer) const;

    std::vector<std::optional<LayerMargin>> margins_;
    std::size_t selected_ = 0;
    DockTheme theme_;
};

}  // namespace moe::app
