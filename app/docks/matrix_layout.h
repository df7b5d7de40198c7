#pragma once

#include <QLayout>
#include <array>
#include <memory>

#include "app/docks/matrix_scale.h"
#include "app/docks/pair_matrix_view.h"

namespace moe::app {

/// Lays out a square matrix and what belongs to it so that the matrix is as large as the room allows: one
/// below the other with the scale under the matrix or upright beside it, or everything in a column beside the
/// matrix.
class MatrixLayout : public QLayout {
  public:
    struct Parts {
        QWidget* controls = nullptr;
        QLabel* note = nullptr;          ///< instead of the matrix
        QWidget* matrix_area = nullptr;  ///< scrolls the matrix
        PairMatrixView* matrix = nullptr;
        MatrixScale* scale = nullptr;
        QLabel* axes = nullptr;  ///< one line
        QLabel* title = nullptr;
        QWidget* list = nullptr;
    };
    MatrixLayout(QWidget* parent, const Parts& parts);

    void addItem(QLayoutItem*) override {}  // the parts are given once
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int) override { return nullptr; }
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return minimumHeightForWidth(width); }
    int minimumHeightForWidth(int width) const override;
    void setGeometry(const QRect& rect) override;

  private:
    enum class Arrangement { ScaleBelow, ScaleBeside, AllBeside };
    int side_of(Arrangement arrangement, const QSize& room) const;
    Arrangement best_for(const QSize& room) const;
    int controls_height() const;
    int least_column() const;
    void place_rest(QRect rest);
    void place_column(QRect column);

    Parts parts_;
    std::array<std::unique_ptr<QLayoutItem>, 7> items_;
};

}  // namespace moe::app
