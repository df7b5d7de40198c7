#pragma once

#include <QProxyStyle>

#include "render/scene/theme.h"

namespace moe::app {

/// Fusion with the program's own surfaces: flat bars, rounded fields and buttons, a focus ring in the
/// accent, thin scroll bars. A button with the property "primary" is the one filled button of its place.
class ThemeStyle : public QProxyStyle {
    Q_OBJECT
  public:
    explicit ThemeStyle(const render::Theme& theme);

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option,
                         const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    void polish(QWidget* widget) override;
    using QProxyStyle::polish;

  private:
    void draw_button(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void draw_check_box(const QStyleOption* option, QPainter* painter) const;
    void draw_tool_button_panel(const QStyleOption* option, QPainter* painter) const;
    void draw_field(const QStyleOption* option, QPainter* painter) const;
    void draw_focus_ring(const QRect& rect, QPainter* painter) const;
    void draw_item_row(const QStyleOption* option, QPainter* painter) const;
    void draw_scroll_bar(const QStyleOptionComplex* option, QPainter* painter) const;
    void draw_spin_buttons(const QStyleOptionSpinBox& spin, QPainter* painter, const QWidget* widget) const;
    void draw_combo_box(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    void draw_menu_bar_item(const QStyleOption* option, QPainter* painter) const;
    void draw_menu_item(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void draw_tab(const QStyleOption* option, QPainter* painter) const;
    void draw_tab_row(const QRect& rect, QPainter* painter) const;
    void draw_header(const QStyleOption* option, QPainter* painter) const;

    render::Theme theme_;
};

}  // namespace moe::app
