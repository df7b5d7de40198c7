#include "app/docks/dock_body.h"

#include <QEvent>
#include <QLayout>
#include <QScrollBar>
#include <algorithm>

namespace moe::app {

namespace {

constexpr QSize kLeastSize(200, 72);

int least_height(const QWidget& content, int width) {
    const QLayout* const layout = content.layout();
    const bool is_by_width = layout != nullptr && layout->hasHeightForWidth();
    return is_by_width ? layout->minimumHeightForWidth(width) : content.minimumSizeHint().height();
}

}  // namespace

DockBody::DockBody(QWidget* content, QWidget* parent) : QScrollArea(parent) {
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setMinimumSize(kLeastSize);
    setWidget(content);
    for (QWidget* part : {viewport(), content})
        part->setAutoFillBackground(false);  // the dock's shows through
}

int DockBody::needed_height() const { return least_height(*widget(), viewport()->width()); }

void DockBody::lay_out_around(const QWidget& part) {
    for (const QWidget* above = part.parentWidget(); above != nullptr && above != viewport();
         above = above->parentWidget()) {
        if (above->layout() != nullptr) above->layout()->activate();
    }
    fit();
    widget()->layout()->activate();
}

void DockBody::show_from(const QWidget& part) {
    lay_out_around(part);
    verticalScrollBar()->setValue(part.mapTo(widget(), QPoint()).y());
}

// Qt's own resizing gives a text that wraps, and all beside it, the height that it likes best.
void DockBody::fit() {
    const QSize room = viewport()->size();
    const int width = std::max(room.width(), widget()->minimumSizeHint().width());
    widget()->resize(width, std::max(room.height(), least_height(*widget(), width)));
}

void DockBody::resizeEvent(QResizeEvent* event) {
    fit();
    QScrollArea::resizeEvent(event);
}

bool DockBody::eventFilter(QObject* watched, QEvent* event) {
    if (watched == widget() && event->type() == QEvent::LayoutRequest) fit();
    return QScrollArea::eventFilter(watched, event);
}

}  // namespace moe::app
