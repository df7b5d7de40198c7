#include "app/shell/focus_mark.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDockWidget>
#include <QEvent>
#include <QPainter>
#include <QScrollBar>

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
    const bool is_ours = area != nullptr &&
                         (area->window() == window_ || qobject_cast<QDockWidget*>(area->window()) != nullptr);
    for (QObject* watched : {static_cast<QObject*>(marked_), static_cast<QObject*>(viewport_)}) {
        if (watched != nullptr) watched->removeEventFilter(this);
    }
    marked_ = is_ours ? area : nullptr;
    viewport_ = is_ours ? area->viewport() : nullptr;
    if (!is_ours) {
        setParent(window_);  // what was marked may go away
        return hide();
    }
    if (auto* list = qobject_cast<QAbstractItemView*>(area)) show_current_row(list);
    area->installEventFilter(this);
    viewport_->installEventFilter(this);
    setParent(area);
    fit();
    show();
    raise();
}

void FocusMark::fit() {
    if (!marked_ || !viewport_) return;
    QRect room = marked_->rect();
    if (marked_->verticalScrollBar()->isVisibleTo(marked_)) room.setRight(viewport_->geometry().right());
    if (marked_->horizontalScrollBar()->isVisibleTo(marked_)) room.setBottom(viewport_->geometry().bottom());
    setGeometry(room);
}

// A bar that comes or goes leaves the viewport another size.
bool FocusMark::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && (watched == marked_ || watched == viewport_)) fit();
    return QWidget::eventFilter(watched, event);
}

void FocusMark::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(QPen(palette().color(QPalette::Link), 2));
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

}  // namespace moe::app
