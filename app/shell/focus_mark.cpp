#include "app/shell/focus_mark.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDockWidget>
#include <QEvent>
#include <QPainter>

namespace moe::app {

namespace {

// Without a frame of its own, which would be the ring.
QAbstractScrollArea* ringless(QWidget* focus) {
    auto* area = qobject_cast<QAbstractScrollArea*>(focus);
    return area != nullptr && area->frameShape() == QFrame::NoFrame ? area : nullptr;
}

void show_current_row(QAbstractItemView* view) {
    const QItemSelectionModel* selection = view->selectionModel();
    if (selection == nullptr || selection->hasSelection() || !view->currentIndex().isValid()) return;
    view->selectionModel()->select(view->currentIndex(),
                                   QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

}  // namespace

FocusMark::FocusMark(QWidget* window) : QWidget(window), window_(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { follow(now); });
}

void FocusMark::follow(QWidget* focus) {
    QAbstractScrollArea* const area = ringless(focus);
    const bool is_ours = area != nullptr && (area->window() == window_ ||
                                             qobject_cast<QDockWidget*>(area->window()) != nullptr);
    if (marked_) marked_->removeEventFilter(this);
    marked_ = is_ours ? area : nullptr;
    if (!is_ours) {
        setParent(window_);  // what was marked may go away
        return hide();
    }
    if (auto* list = qobject_cast<QAbstractItemView*>(area)) show_current_row(list);
    area->installEventFilter(this);
    setParent(area);
    setGeometry(area->rect());
    show();
    raise();
}

bool FocusMark::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && watched == marked_) setGeometry(marked_->rect());
    return QWidget::eventFilter(watched, event);
}

void FocusMark::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(QPen(palette().color(QPalette::Link), 2));
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

}  // namespace moe::app
