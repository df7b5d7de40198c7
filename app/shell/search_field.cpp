#include "app/shell/search_field.h"

#include <QPainter>

#include "app/shell/icons.h"
#include "app/shell/theme.h"

namespace moe::app {

SearchField::SearchField(const QString& keys, QWidget* parent)
    : QPushButton(tr("Search commands, tokens, experts"), parent), keys_(keys) {
    setAccessibleName(tr("Search commands, tokens, experts"));
    setToolTip(tr("Everything the window can do, and every place to go to (%1)").arg(keys));
    setCursor(Qt::IBeamCursor);
    setFocusPolicy(Qt::TabFocus);
}

void SearchField::set_theme(const render::Theme& theme) {
    theme_ = theme;
    update();
}

void SearchField::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect box = rect().adjusted(0, 3, -10, -3);
    painter.setPen(hasFocus() ? QPen(to_qcolor(theme_.accent), 2)
                              : QPen(to_qcolor(underMouse() ? theme_.border_strong : theme_.border)));
    painter.setBrush(to_qcolor(theme_.field));
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    painter.drawPixmap(
        box.left() + 9, box.center().y() - 6,
        icon_pixmap(QStringLiteral("search"), to_qcolor(theme_.text_3), 14, devicePixelRatioF()));
    painter.setPen(to_qcolor(theme_.text_3));
    painter.setFont(ui_font(11));
    const int keys_width = painter.fontMetrics().horizontalAdvance(keys_);
    painter.drawText(box.adjusted(0, 0, -9, 0), Qt::AlignVCenter | Qt::AlignRight, keys_);
    painter.setFont(ui_font(12));
    const int text_width = box.width() - 30 - keys_width - 18;
    painter.drawText(box.adjusted(30, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, text_width));
}

}  // namespace moe::app
