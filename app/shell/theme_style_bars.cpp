// Menus, tabs and the heads of tables.
#include <QPainter>
#include <QStyleOption>
#include <QWidget>
#include <algorithm>

#include "app/shell/theme.h"
#include "app/shell/theme_shapes.h"
#include "app/shell/theme_style.h"

namespace moe::app {

namespace {

constexpr int kTableSide = 12;  // from a table's edges to its texts, as in the docks' rows
constexpr int kCellSide = 4;    // between columns
constexpr int kArrowWidth = 12;

}  // namespace

void ThemeStyle::draw_menu_bar_item(const QStyleOption* option, QPainter* painter) const {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (item == nullptr) return;
    fill(painter, item->rect, theme_.raised);
    if (item->state.testFlag(State_Selected) && item->state.testFlag(State_Enabled)) {
        draw_box(painter, item->rect.adjusted(0, 3, 0, -3),
                 to_qcolor(item->state.testFlag(State_Sunken) ? theme_.press : theme_.hover),
                 Qt::transparent);
    }
    proxy()->drawItemText(painter, item->rect, Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine,
                          item->palette, item->state.testFlag(State_Enabled), item->text,
                          QPalette::WindowText);
}

void ThemeStyle::draw_menu_item(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (item == nullptr) return;
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        return fill(painter,
                    QRect(item->rect.left() + 8, item->rect.center().y(), item->rect.width() - 16, 1),
                    theme_.border);
    }
    QStyleOptionMenuItem flat = *item;
    if (flat.state.testFlag(State_Selected)) {
        draw_box(painter, flat.rect.adjusted(4, 1, -4, -1), to_qcolor(theme_.press), Qt::transparent);
        flat.state.setFlag(State_Selected, false);  // Fusion would fill the row with the highlight
    }
    QProxyStyle::drawControl(CE_MenuItem, &flat, painter, widget);
}

void ThemeStyle::draw_tab(const QStyleOption* option, QPainter* painter) const {
    const bool is_selected = option->state.testFlag(State_Selected);
    fill(painter, option->rect.adjusted(0, 0, 0, -1),
         option->state.testFlag(State_MouseOver) && !is_selected ? theme_.hover : theme_.surface);
    if (is_selected)
        fill(painter, QRect(option->rect.left() + 8, option->rect.bottom() - 1, option->rect.width() - 16, 2),
             theme_.accent);
}

// All of the row is the dock's head; its line is where a dock without tabs has it.
void ThemeStyle::draw_tab_row(const QRect& rect, QPainter* painter) const {
    fill(painter, rect, theme_.surface);
    fill(painter, QRect(rect.left(), rect.bottom(), rect.width(), 1), theme_.border);
}

// A head stands exactly over its column; the arrow of the sorted one is on the side where there is room.
void ThemeStyle::draw_header(const QStyleOption* option, QPainter* painter) const {
    fill(painter, option->rect, theme_.surface);
    const auto* head = qstyleoption_cast<const QStyleOptionHeader*>(option);
    if (head == nullptr) return;
    const bool is_only = head->position == QStyleOptionHeader::OnlyOneSection;
    const bool is_first = is_only || head->position == QStyleOptionHeader::Beginning;
    const bool is_last = is_only || head->position == QStyleOptionHeader::End;
    const bool is_right = head->textAlignment.testFlag(Qt::AlignRight);
    QRect room =
        head->rect.adjusted(is_first ? kTableSide : kCellSide, 0, is_last ? -kTableSide : -kCellSide, 0);
    if (head->sortIndicator != QStyleOptionHeader::None) {
        const int width = head->fontMetrics.horizontalAdvance(head->text);
        const qreal x = is_right ? std::max(room.right() - width - 6.0, room.left() + 3.0)
                                 : std::min(room.left() + width + 7.0, room.right() - 3.0);
        draw_chevron(painter, {x, room.center().y() + 0.5}, to_qcolor(theme_.text_3),
                     head->sortIndicator == QStyleOptionHeader::SortUp ? Qt::UpArrow : Qt::DownArrow);
        is_right ? room.setLeft(room.left() + kArrowWidth) : room.setRight(room.right() - kArrowWidth);
    }
    painter->setPen(head->palette.color(QPalette::ButtonText));
    painter->drawText(room, static_cast<int>(head->textAlignment | Qt::AlignVCenter),
                      head->fontMetrics.elidedText(head->text, Qt::ElideRight, room.width()));
}

}  // namespace moe::app
