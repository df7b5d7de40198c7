#pragma once

#include <QWidget>
#include <optional>

#include "app/docks/dock_theme.h"
#include "app/docks/load_by_rank.h"

namespace moe::app {

/// A layer's loads as multiples of the fair share, a bar for each expert, the largest first. A click chooses an
/// expert; Left, Right, Home and End go from one to another.
class LoadByRankView : public QWidget {
    Q_OBJECT
  public:
    static constexpr int kLeastHeight = 160;
    static constexpr int kMostHeight = 340;

    explicit LoadByRankView(QWidget* parent = nullptr);

    void set_model(std::optional<LoadByRank> model);  ///< none: it stays empty
    const std::optional<LoadByRank>& model() const { return model_; }
    void set_selected(std::optional<std::size_t> expert);
    void set_theme(const DockTheme& theme);

    QRectF bar(std::size_t rank) const;  ///< of a model; from its top to the base line
    /// An expert's numbers.
    QString words_of(std::size_t rank) const;

  Q_SIGNALS:
    void expert_chosen(std::size_t expert);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    QRectF field() const;  // the bars
    double scale_end() const;
    double y_of(double multiple) const;
    std::optional<std::size_t> rank_at(QPointF position) const;
    std::optional<std::size_t> selected_rank() const;
    bool has_expert_numbers() const;  // below the bars, in place of ranks
    void tell();
    QString summary() const;
    void paint_head(QPainter& painter) const;
    void paint_scale(QPainter& painter) const;
    void paint_bars(QPainter& painter) const;
    void paint_dead(QPainter& painter) const;
    void paint_fair(QPainter& painter) const;
    void paint_names(QPainter& painter) const;
    void paint_foot(QPainter& painter) const;

    std::optional<LoadByRank> model_;
    std::optional<std::size_t> selected_;
    DockTheme theme_;
};

}  // namespace moe::app
