#include "app/docks/matrix_layout.h"

#include <QLabel>
#include <algorithm>
#include <cmath>

namespace moe::app {

namespace {

constexpr int kTop = 8;
constexpr int kGap = 6;
constexpr int kIndent = 12;
constexpr int kAxes = 16;
constexpr int kRest = 84;  // the title in two lines and two tokens, so that choosing a cell moves nothing
constexpr int kShortRest = 68;
constexpr int kColumn = 240;
constexpr int kWidestColumn = 420;
constexpr int kLeastSide = 96;

}  // namespace

MatrixLayout::MatrixLayout(QWidget* parent, const Parts& parts) : QLayout(parent), parts_(parts) {
    QWidget* const widgets[] = {parts.controls, parts.note,  parts.matrix_area, parts.scale,
                                parts.axes,     parts.title, parts.list};
    for (std::size_t i = 0; i < items_.size(); ++i) {
        addChildWidget(widgets[i]);
        items_[i] = std::make_unique<QWidgetItem>(widgets[i]);
    }
}

QLayoutItem* MatrixLayout::itemAt(int index) const {
    return index >= 0 && index < count() ? items_[static_cast<std::size_t>(index)].get() : nullptr;
}

int MatrixLayout::controls_height() const { return kTop + parts_.controls->sizeHint().height() + kGap; }

int MatrixLayout::least_column() const {
    return std::max(kColumn, parts_.controls->minimumSizeHint().width());
}

/// Of the cells; the most that there is room for.
int MatrixLayout::side_of(Arrangement arrangement, const QSize& room) const {
    const QSize around = parts_.matrix->size_around();
    const int below = room.height() - controls_height() - around.height() - kGap - kAxes - kGap - kRest;
    const int across = room.width() - around.width();
    switch (arrangement) {
        case Arrangement::ScaleBelow:
            return std::min(across, below - MatrixScale::kLyingHeight);
        case Arrangement::ScaleBeside:
            return std::min(across - parts_.scale->upright_width(), below);
        case Arrangement::AllBeside:
            return std::min(across - least_column(), room.height() - kTop - around.height());
    }
    return 0;
}

MatrixLayout::Arrangement MatrixLayout::best_for(const QSize& room) const {
    return std::max({Arrangement::ScaleBelow, Arrangement::ScaleBeside, Arrangement::AllBeside},
                    [&](Arrangement a, Arrangement b) { return side_of(a, room) < side_of(b, room); });
}

QSize MatrixLayout::minimumSize() const {
    const QSize around = parts_.matrix->size_around();
    const int width = std::max(parts_.controls->minimumSizeHint().width(),
                               around.width() + kLeastSide + parts_.scale->upright_width());
    return {width, kTop + parts_.controls->sizeHint().height() + kGap + kRest};
}

int MatrixLayout::minimumHeightForWidth(int width) const {
    if (parts_.matrix_area->isHidden()) {
        const int note = parts_.note->isHidden() ? 0 : parts_.note->heightForWidth(width);
        return controls_height() + note + (parts_.list->isHidden() ? 0 : kRest);
    }
    const QSize around = parts_.matrix->size_around();
    const int column = controls_height() + MatrixScale::kLyingHeight + kAxes + kGap + kShortRest;
    if (width >= around.width() + kLeastSide + least_column())
        return std::max(kTop + around.height() + kLeastSide, column);
    return controls_height() + around.height() + kLeastSide + kGap + kAxes + kGap + kRest;
}

void MatrixLayout::place_rest(QRect rest) {
    const int title = parts_.title->isHidden() ? 0 : parts_.title->heightForWidth(rest.width());
    parts_.title->setGeometry(rest.x(), rest.y(), rest.width(), title);
    parts_.list->setGeometry(rest.adjusted(0, title + kGap, 0, 0));
}

// From the controls on, without the matrix.
void MatrixLayout::place_column(QRect column) {
    const int width = std::min(column.width(), kWidestColumn);
    parts_.controls->setGeometry(column.x(), kTop, width, parts_.controls->sizeHint().height());
    const int left = column.x() + kIndent;
    int y = controls_height();
    parts_.scale->set_upright(false);
    parts_.scale->setGeometry(left, y, width - 2 * kIndent, MatrixScale::kLyingHeight);
    y += MatrixScale::kLyingHeight;
    parts_.axes->setGeometry(left, y, column.right() + 1 - left, kAxes);
    column.setTop(y + kAxes + kGap);
    place_rest(column);
}

void MatrixLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    if (parts_.matrix_area->isHidden()) {
        parts_.controls->setGeometry(0, kTop, rect.width(), parts_.controls->sizeHint().height());
        const int top = controls_height();
        const int note = parts_.note->isHidden() ? 0 : parts_.note->heightForWidth(rect.width());
        parts_.note->setGeometry(0, top, rect.width(), note);
        return place_rest(rect.adjusted(0, top + note, 0, 0));
    }
    const Arrangement arrangement = best_for(rect.size());
    const QSize around = parts_.matrix->size_around();
    const int room = std::max(side_of(arrangement, rect.size()), kLeastSide);
    const int side = static_cast<int>(std::ceil(parts_.matrix->side_within(room)));
    const QSize matrix = around + QSize(side, side);
    if (arrangement == Arrangement::AllBeside) {
        parts_.matrix_area->setGeometry(0, kTop, matrix.width(),
                                        std::max(matrix.height(), rect.height() - kTop));
        return place_column(rect.adjusted(matrix.width(), 0, 0, 0));
    }
    const int top = controls_height();
    const bool is_beside = arrangement == Arrangement::ScaleBeside;
    parts_.controls->setGeometry(0, kTop, rect.width(), parts_.controls->sizeHint().height());
    parts_.matrix_area->setGeometry(0, top, is_beside ? matrix.width() : rect.width(), matrix.height());
    parts_.scale->set_upright(is_beside);
    const QRect cells = parts_.matrix->field().translated(0, top).toRect();
    int y = top + matrix.height() + kGap;
    const int across = rect.width() - cells.x() - kIndent;
    if (is_beside) {
        parts_.scale->setGeometry(matrix.width(), cells.y(), parts_.scale->upright_width(), cells.height());
    } else {
        parts_.scale->setGeometry(cells.x(), y, across, MatrixScale::kLyingHeight);
        y += MatrixScale::kLyingHeight;
    }
    parts_.axes->setGeometry(cells.x(), y, across, kAxes);
    place_rest(rect.adjusted(0, y + kAxes + kGap, 0, 0));
}

}  // namespace moe::app
