#include "app/shell/theme_style.h"

#include <QAbstractScrollArea>
#include <QPainter>
#include <QPainterPath>
#include <QStyleFactory>
#include <QStyleOption>
#include <QWidget>

#include "app/shell/theme.h"
#include "app/shell/theme_shapes.h"

namespace moe::app {

namespace {

constexpr int kChevronWidth = 16;  // beside the text of a button with a menu
constexpr int kIconShift = 4;      // of an icon with words, which Fusion leaves no room before
constexpr int kItemHeight = 22;    // of a list's row, at least
constexpr int kFieldPadding = 6;   // before and after the text of a field, beside what Fusion leaves

bool is_frameless(const QStyleOption* option) {
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    return frame != nullptr && frame->lineWidth == 0;
}

bool is_primary(const QWidget* widget) { return widget != nullptr && widget->property("primary").toBool(); }

}  // namespace

ThemeStyle::ThemeStyle(const render::Theme& theme)
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))), theme_(theme) {}

void ThemeStyle::draw_button(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const bool is_enabled = option->state.testFlag(State_Enabled);
    const bool is_hovered = is_enabled && option->state.testFlag(State_MouseOver);
    const bool is_down = option->state.testFlag(State_Sunken) || option->state.testFlag(State_On);
    const bool has_focus = option->state.testFlag(State_HasFocus);
    if (is_primary(widget)) {
        const QColor inside = to_qcolor(is_enabled ? theme_.fill : theme_.press);
        const int ring = has_focus ? 3 : 0;  // the ring stands off, or it would drown in the fill
        draw_box(painter, option->rect.adjusted(ring, ring, -ring, -ring),
                 is_down      ? inside.darker(116)
                 : is_hovered ? inside.darker(106)
                              : inside,
                 Qt::transparent);
    } else {
        const render::Color inside = is_down ? theme_.press : is_hovered ? theme_.hover : theme_.field;
        draw_box(painter, option->rect, to_qcolor(inside),
                 to_qcolor(is_enabled ? theme_.border_strong : theme_.border));
    }
    if (has_focus) draw_focus_ring(option->rect, painter);
}

void ThemeStyle::draw_check_box(const QStyleOption* option, QPainter* painter) const {
    const bool is_enabled = option->state.testFlag(State_Enabled);
    const bool is_checked = option->state.testFlag(State_On);
    const QColor border = to_qcolor(is_enabled ? theme_.border_strong : theme_.border);
    const QColor inside = to_qcolor(is_enabled ? theme_.fill : theme_.press);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(is_checked ? inside : border);
    painter->setBrush(is_checked ? inside : to_qcolor(theme_.field));
    painter->drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    if (is_checked) {
        const QPointF center = QRectF(option->rect).center();
        painter->setPen(QPen(Qt::white, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPolyline(
            QPolygonF({center + QPointF(-3, 0), center + QPointF(-0.8, 2.2), center + QPointF(3.2, -2.4)}));
    }
    painter->restore();
}

void ThemeStyle::draw_tool_button_panel(const QStyleOption* option, QPainter* painter) const {
    const bool is_enabled = option->state.testFlag(State_Enabled);
    if (option->state.testFlag(State_Sunken) || option->state.testFlag(State_On)) {
        draw_box(painter, option->rect, to_qcolor(theme_.press), Qt::transparent);
    } else if (is_enabled && option->state.testFlag(State_MouseOver)) {
        draw_box(painter, option->rect, to_qcolor(theme_.hover), Qt::transparent);
    }
}

void ThemeStyle::draw_field(const QStyleOption* option, QPainter* painter) const {
    const bool has_focus = option->state.testFlag(State_HasFocus);
    draw_box(painter, option->rect, to_qcolor(theme_.field),
             to_qcolor(has_focus ? theme_.accent : theme_.border_strong));
    if (has_focus) draw_focus_ring(option->rect, painter);
}

void ThemeStyle::draw_focus_ring(const QRect& rect, QPainter* painter) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(to_qcolor(theme_.accent), 2));
    painter->drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), kControlRadius - 1, kControlRadius - 1);
    painter->restore();
}

void ThemeStyle::draw_item_row(const QStyleOption* option, QPainter* painter) const {
    if (option->state.testFlag(State_Selected)) {
        fill(painter, option->rect, theme_.soft);
    } else if (option->state.testFlag(State_MouseOver) && option->state.testFlag(State_Enabled)) {
        fill(painter, option->rect, theme_.hover);
    }
}

void ThemeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const {
    switch (element) {
        case PE_PanelButtonCommand:
            return draw_button(option, painter, widget);
        case PE_IndicatorCheckBox:
            return draw_check_box(option, painter);
        case PE_PanelButtonTool:
            return draw_tool_button_panel(option, painter);
        case PE_PanelLineEdit:
        case PE_FrameLineEdit:
            // A spin box draws its own field around the line edit that it contains.
            if (widget != nullptr && widget->parentWidget() != nullptr &&
                widget->parentWidget()->inherits("QAbstractSpinBox"))
                return;
            if (is_frameless(option)) return;
            return draw_field(option, painter);
        case PE_Frame:
            return draw_field(option, painter);
        case PE_FrameFocusRect:
            // Lists mark their current row; buttons draw their ring with the panel.
            if (widget != nullptr &&
                (widget->inherits("QAbstractItemView") || widget->inherits("QPushButton")))
                return;
            return draw_focus_ring(option->rect, painter);
        case PE_PanelMenu:
        case PE_FrameMenu:
            painter->fillRect(option->rect, to_qcolor(theme_.card));
            painter->setPen(to_qcolor(theme_.border_strong));
            painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
            return;
        case PE_FrameTabBarBase:
            return widget == nullptr ? void() : draw_tab_row(widget->rect(), painter);
        case PE_PanelMenuBar:
        case PE_FrameTabWidget:
        case PE_FrameStatusBarItem:
        case PE_FrameDockWidget:
            return;
        case PE_PanelToolBar:
        case PE_PanelStatusBar:
            return fill(painter, option->rect, theme_.raised);
        case PE_IndicatorToolBarSeparator:
            return fill(painter, QRect(option->rect.center().x(), option->rect.center().y() - 9, 1, 18),
                        theme_.border_strong);
        case PE_IndicatorArrowUp:
        case PE_IndicatorArrowRight:
        case PE_IndicatorArrowDown: {
            const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            const bool has_menu =
                button != nullptr && button->features.testFlag(QStyleOptionToolButton::HasMenu);
            const QPointF middle = has_menu ? QPointF(widget->width() - 9.0, widget->height() / 2.0)
                                            : QRectF(option->rect).center();
            return draw_chevron(
                painter, middle,
                to_qcolor(option->state.testFlag(State_Enabled) ? theme_.text_2 : theme_.disabled),
                element == PE_IndicatorArrowUp      ? Qt::UpArrow
                : element == PE_IndicatorArrowRight ? Qt::RightArrow
                                                    : Qt::DownArrow);
        }
        case PE_IndicatorBranch:
            if (option->state.testFlag(State_Children))
                draw_chevron(painter, QRectF(option->rect).center(), to_qcolor(theme_.text_3),
                             option->state.testFlag(State_Open) ? Qt::DownArrow : Qt::RightArrow);
            return;
        case PE_IndicatorDockWidgetResizeHandle:
            return fill(painter, option->rect, theme_.bg);
        case PE_PanelItemViewRow:
        case PE_PanelItemViewItem:
            return draw_item_row(option, painter);
        default:
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void ThemeStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
    switch (element) {
        case CE_MenuBarEmptyArea:
            return fill(painter, option->rect, theme_.raised);
        case CE_MenuBarItem:
            return draw_menu_bar_item(option, painter);
        case CE_MenuItem:
            return draw_menu_item(option, painter, widget);
        case CE_ToolBar:
            return fill(painter, option->rect, theme_.raised);
        case CE_Splitter:
            return fill(painter, option->rect, theme_.bg);
        case CE_Header:
            return draw_header(option, painter);
        case CE_HeaderEmptyArea:
            return fill(painter, option->rect, theme_.surface);
        case CE_ItemViewItem: {  // its row is filled softly, unlike selected text in a field
            const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
            if (item == nullptr) break;
            QStyleOptionViewItem readable(*item);
            for (const auto group : {QPalette::Active, QPalette::Inactive})
                readable.palette.setColor(group, QPalette::HighlightedText, to_qcolor(theme_.text_1));
            return QProxyStyle::drawControl(element, &readable, painter, widget);
        }
        case CE_ComboBoxLabel: {
            const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
            if (combo == nullptr) break;
            const QRect field = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
            const int icon = combo->currentIcon.isNull() ? 0 : combo->iconSize.width() + 4;
            QStyleOptionComboBox elided(*combo);
            elided.currentText =
                combo->fontMetrics.elidedText(combo->currentText, Qt::ElideRight, field.width() - icon);
            return QProxyStyle::drawControl(element, &elided, painter, widget);
        }
        case CE_TabBarTabShape:
            return draw_tab(option, painter);
        case CE_ToolButtonLabel: {
            const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            if (button == nullptr) break;
            const bool has_menu = button->features.testFlag(QStyleOptionToolButton::HasMenu);
            const bool has_words_right = button->toolButtonStyle == Qt::ToolButtonTextBesideIcon &&
                                         !button->features.testFlag(QStyleOptionToolButton::Arrow);
            QStyleOptionToolButton placed(*button);
            placed.rect.adjust(has_words_right ? kIconShift : 0, 0, has_menu ? -kChevronWidth : 0, 0);
            return QProxyStyle::drawControl(element, &placed, painter, widget);
        }
        default:
            break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void ThemeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                    QPainter* painter, const QWidget* widget) const {
    switch (control) {
        case CC_ScrollBar:
            return draw_scroll_bar(option, painter);
        case CC_ComboBox:
            return draw_combo_box(option, painter, widget);
        case CC_SpinBox: {
            const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
            draw_field(option, painter);
            if (spin != nullptr && spin->buttonSymbols != QAbstractSpinBox::NoButtons)
                draw_spin_buttons(*spin, painter, widget);
            return;
        }
        default:
            QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

void ThemeStyle::draw_scroll_bar(const QStyleOptionComplex* option, QPainter* painter) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (bar == nullptr) return;
    painter->fillRect(bar->rect, bar->palette.color(QPalette::Window));
    if (bar->maximum <= bar->minimum) return;
    const QRect thumb =
        proxy()->subControlRect(CC_ScrollBar, bar, SC_ScrollBarSlider, nullptr).adjusted(2, 2, -2, -2);
    const bool is_held = bar->activeSubControls.testFlag(SC_ScrollBarSlider);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(to_qcolor(is_held ? theme_.text_3 : theme_.border_strong));
    painter->drawRoundedRect(thumb, 3, 3);
    painter->restore();
}

void ThemeStyle::draw_spin_buttons(const QStyleOptionSpinBox& spin, QPainter* painter, const QWidget* widget) const {
    const auto draw = [&](SubControl button, QAbstractSpinBox::StepEnabledFlag step, Qt::ArrowType arrow) {
        const QRectF rect = proxy()->subControlRect(CC_SpinBox, &spin, button, widget);
        const bool is_enabled = spin.state.testFlag(State_Enabled) && spin.stepEnabled.testFlag(step);
        draw_chevron(painter, {spin.rect.right() - 11.0, rect.center().y()},
                     to_qcolor(is_enabled ? theme_.text_3 : theme_.disabled), arrow);
    };
    draw(SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, Qt::UpArrow);
    draw(SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, Qt::DownArrow);
}

void ThemeStyle::draw_combo_box(const QStyleOptionComplex* option, QPainter* painter, const QWidget*) const {
    const bool is_enabled = option->state.testFlag(State_Enabled);
    const bool is_hovered = is_enabled && option->state.testFlag(State_MouseOver);
    draw_box(painter, option->rect, to_qcolor(is_hovered ? theme_.hover : theme_.field),
             to_qcolor(is_enabled ? theme_.border_strong : theme_.border));
    if (option->state.testFlag(State_HasFocus)) draw_focus_ring(option->rect, painter);
    draw_chevron(painter, QPointF(option->rect.right() - 11, option->rect.center().y() + 0.5),
                 to_qcolor(is_enabled ? theme_.text_3 : theme_.disabled));
}

QRect ThemeStyle::subElementRect(SubElement element, const QStyleOption* option,
                                 const QWidget* widget) const {
    const QRect natural = QProxyStyle::subElementRect(element, option, widget);
    const bool is_field = element == SE_LineEditContents && !is_frameless(option);
    return is_field ? natural.adjusted(kFieldPadding, 0, -kFieldPadding, 0) : natural;
}

QRect ThemeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                 const QWidget* widget) const {
    const QRect natural = QProxyStyle::subControlRect(control, option, part, widget);
    const bool is_text = (control == CC_ComboBox && part == SC_ComboBoxEditField) ||
                         (control == CC_SpinBox && part == SC_SpinBoxEditField);
    return is_text ? natural.adjusted(kFieldPadding - 1, 0, 0, 0) : natural;
}

int ThemeStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_DockWidgetSeparatorExtent:
        case PM_SplitterWidth:
            return 4;
        case PM_ScrollBarExtent:
            return 11;
        case PM_DefaultFrameWidth:
            return widget != nullptr && widget->inherits("QAbstractScrollArea") ? 2 : 1;
        case PM_DockWidgetFrameWidth:
            return 3;  // of a floating one: wide enough to be taken hold of
        case PM_MenuBarPanelWidth:
        case PM_ToolBarFrameWidth:
        case PM_TabBarTabShiftVertical:  // the names of all tabs stand on one line
            return 0;
        case PM_ToolBarItemMargin:
            return 7;
        case PM_ToolBarItemSpacing:
            return 4;
        case PM_ToolBarSeparatorExtent:
            return 13;
        case PM_SmallIconSize:
        case PM_ToolBarIconSize:
        case PM_ButtonIconSize:
            return 16;
        case PM_MenuVMargin:
            return 4;
        case PM_TabBarTabHSpace:
            return 24;
        case PM_TabBarTabVSpace:
            return 12;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int ThemeStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* data) const {
    switch (hint) {
        case SH_DialogButtonBox_ButtonsHaveIcons:
        case SH_EtchDisabledText:
        case SH_DitherDisabledText:
            return 0;
        case SH_ComboBox_Popup:
            return 0;
        case SH_ItemView_ActivateItemOnSingleClick:
            return 0;
        default:
            return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize ThemeStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const {
    const QSize natural = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
        case CT_MenuBarItem:
            return {size.width() + 18, 30};
        case CT_MenuItem:
            return {natural.width() + 16, std::max(natural.height(), size.height() > 8 ? 26 : 9)};
        case CT_ToolButton: {
            const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            const bool has_menu =
                button != nullptr && button->features.testFlag(QStyleOptionToolButton::HasMenu);
            return {natural.width() + (has_menu ? kChevronWidth : 0), natural.height()};
        }
        case CT_PushButton:
            return {natural.width() + 8, natural.height()};
        case CT_ItemViewItem:
            return {natural.width(), std::max(natural.height(), kItemHeight)};
        case CT_ComboBox:
            return {natural.width() + kFieldPadding, natural.height()};
        default:
            return natural;
    }
}

void ThemeStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (widget->inherits("QAbstractButton") || widget->inherits("QComboBox") ||
        widget->inherits("QScrollBar") || widget->inherits("QTabBar")) {
        widget->setAttribute(Qt::WA_Hover);
    }
}

}  // namespace moe::app
