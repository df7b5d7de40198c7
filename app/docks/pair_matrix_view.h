#pragma once

#include <QImage>
#include <QWidget>
#include <memory>
#include <optional>

#include "app/docks/dock_theme.h"
#include "app/docks/matrix_model.h"
#include "app/docks/matrix_scale.h"

namespace moe::app {

/// What a cell's colour says.
enum class MatrixValue { Count, Share, Lift };

/// A pair of experts: row, column.
struct ExpertPair {
    std::size_t from = 0;
    std::size_t to = 0;
    bool operator==(const ExpertPair&) const = default;
};

/// Experts against experts, a coloured cell for each pair. A click or Enter chooses a cell, arrows move.
class PairMatrixView : public QWidget {
    Q_OBJECT
  public:
    explicit PairMatrixView(QWidget* parent = nullptr);

    void set_model(std::shared_ptr<const MatrixModel> model);
    const MatrixModel* model() const { return model_.get(); }
    void set_value(MatrixValue value);
    void set_chosen(std::optional<ExpertPair> pair);
    std::optional<ExpertPair> chosen() const { return chosen_; }
    void set_theme(const DockTheme& theme);

    QRectF rect_of(const ExpertPair& pair) const;
    QRectF field() const;  ///< the cells
    QSize size_around() const;  ///< what the labels add to the cells
    /// Of the cells where there is `room` for them, in logical pixels: whole device pixels a cell while it has several.
    double side_within(double room) const;
    MatrixScale::Words scale_words() const;
    /// A cell in words with all its numbers.
    QString words_of(const ExpertPair& pair) const;

  Q_SIGNALS:
    void pair_chosen(moe::app::ExpertPair pair);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    double cell_size() const;
    int label_width() const;
    std::optional<ExpertPair> pair_at(QPointF position) const;
    void rebuild();
    QColor color_of(std::size_t from, std::size_t to) const;
    void paint_labels(QPainter& painter) const;
    void choose(const ExpertPair& pair);

    std::shared_ptr<const MatrixModel> model_;
    MatrixValue value_ = MatrixValue::Lift;
    std::optional<ExpertPair> chosen_;
    double largest_ = 0;
    QImage image_;  // a pixel a cell, in the model's order
    DockTheme theme_;
};

}  // namespace moe::app
