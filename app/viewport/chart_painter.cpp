#include "app/viewport/chart_painter.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainterPath>
#include <variant>

#include "app/viewport/fonts.h"
#include "app/viewport/qt_color.h"

namespace moe::app {

using render::ChartFont;

QFont chart_font(ChartFont role) {
    const bool is_digits = role == ChartFont::Digits;
    const bool is_bold = role == ChartFont::Title || role == ChartFont::Heading;
    QFont font;
    font.setFamilies({is_digits ? QStringLiteral("JetBrains Mono") : QStringLiteral("Inter"),
                      QStringLiteral("DejaVu Sans")});
    font.setPixelSize(role == ChartFont::Title ? 18 : role == ChartFont::Heading ? 13 : is_digits ? 11 : 12);
    font.setWeight(is_bold ? QFont::DemiBold : QFont::Normal);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

namespace {

struct ItemPainter {
    QPainter& painter;

    void operator()(const render::ChartRect& rect) const {
        const QRectF place(rect.x, rect.y, rect.width, rect.height);
        painter.setRenderHint(QPainter::Antialiasing, rect.radius > 0);
        if (rect.radius <= 0) return painter.fillRect(place, qt_color(rect.color));
        painter.setPen(Qt::NoPen);
        painter.setBrush(qt_color(rect.color));
        painter.drawRoundedRect(place, rect.radius, rect.radius);
    }
    void operator()(const render::ChartRibbon& ribbon) const {
        painter.setRenderHint(QPainter::Antialiasing);
        const double middle = (ribbon.from.y + ribbon.to.y) / 2;
        QPainterPath path(QPointF(ribbon.from.x, ribbon.from.y));
        path.cubicTo(ribbon.from.x, middle, ribbon.to.x, middle, ribbon.to.x, ribbon.to.y);
        painter.strokePath(path, QPen(qt_color(ribbon.color), ribbon.width, Qt::SolidLine, Qt::FlatCap));
    }
    void operator()(const render::ChartLine& line) const {
        painter.setRenderHint(QPainter::Antialiasing);
        QPen pen(qt_color(line.color), line.width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin);
        // Dashes are given in line widths.
        if (line.is_dashed) pen.setDashPattern({5.0 / line.width, 4.0 / line.width});
        painter.setPen(pen);
        QPolygonF points;
        for (const render::ChartPoint& point : line.points) points << QPointF(point.x, point.y);
        painter.drawPolyline(points);
    }
    void operator()(const render::ChartDot& dot) const {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(qt_color(dot.color));
        painter.drawEllipse(QPointF(dot.center.x, dot.center.y), dot.radius, dot.radius);
    }
    void operator()(const render::ChartText& text) const {
        painter.save();
        const QString line = QString::fromUtf8(text.text.data(), static_cast<qsizetype>(text.text.size()));
        QFont font = chart_font(text.font);
        // JetBrains Mono joins "<|" and "->"; token text must show the characters that are there.
        if (text.font == ChartFont::Digits && is_plain_token_text(line))
            font.setStyleStrategy(QFont::PreferNoShaping);
        painter.setFont(font);
        painter.setPen(qt_color(text.color));
        painter.translate(text.anchor.x, text.anchor.y);
        if (text.is_upright) painter.rotate(-90);
        const double width = QFontMetricsF(painter.font()).horizontalAdvance(line);
        const double left = text.align == render::TextAlign::Left     ? 0.0
                            : text.align == render::TextAlign::Center ? -width / 2
                                                                      : -width;
        // The same line under the text as in the SVG.
        painter.drawText(QPointF(left, 0.36 * painter.font().pixelSize()), line);
        painter.restore();
    }
};

}  // namespace

void paint_chart(QPainter& painter, const render::Chart& chart) {
    painter.setRenderHint(QPainter::TextAntialiasing);
    for (const render::ChartItem& item : chart.items) std::visit(ItemPainter{painter}, item);
}

render::RgbaImage chart_image(const render::Chart& chart, int width, int height, double scale) {
    register_fonts();
    render::RgbaImage image{.width = width, .height = height, .rgba = {}};
    image.rgba.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 4);
    QImage canvas(image.rgba.data(), image.width, image.height, image.width * 4,
                  QImage::Format_RGBA8888_Premultiplied);
    canvas.fill(qt_color(chart.background));
    QPainter painter(&canvas);
    painter.scale(scale, scale);
    paint_chart(painter, chart);
    return image;
}

}  // namespace moe::app
