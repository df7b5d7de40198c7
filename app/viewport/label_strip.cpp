#include "app/viewport/label_strip.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/viewport/fonts.h"
#include "app/viewport/qt_color.h"

namespace moe::app {
namespace {

constexpr double kFaint = 0.45;           // of a mark that stands for a space or a line end
constexpr int kImageDotsPerMeter = 3780;  // 96 dots an inch, whatever the screen: fonts are sized in points

bool is_space_mark(QChar c) { return c == u'\u00B7' || c == u'\u21B5' || c == u'\u23CE'; }

/// A canvas of its own 96 dpi over the bytes of `image`.
QImage canvas_over(render::RgbaImage& image) {
    QImage canvas(image.rgba.data(), image.width, image.height, image.width * 4,
                  QImage::Format_RGBA8888_Premultiplied);
    canvas.setDotsPerMeterX(kImageDotsPerMeter);
    canvas.setDotsPerMeterY(kImageDotsPerMeter);
    return canvas;
}

render::RgbaImage clear_image(int width, int height) {
    render::RgbaImage image{.width = width, .height = height, .rgba = {}};
    image.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    return image;
}

QFont font_for(const render::TextMark& mark, const QString& text, double scale) {
    if (mark.role == render::TextRole::Token && !is_plain_token_text(text))
        return any_script_font(mark.bold, scale);
    return picture_font(mark.role, mark.bold, scale);
}

Qt::Alignment alignment_of(render::TextAlign align) {
    switch (align) {
        case render::TextAlign::Left:
            return Qt::AlignLeft;
        case render::TextAlign::Center:
            return Qt::AlignHCenter;
        case render::TextAlign::Right:
            return Qt::AlignRight;
    }
    return Qt::AlignLeft;
}

/// Where in `text` the marks at its beginning end.
qsizetype leading_marks(const QString& text) {
    qsizetype n = 0;
    while (n < text.size() && is_space_mark(text[n])) ++n;
    return n;
}

/// Draws one line inside `box`. Token text is drawn from left to right as a whole, its first mark faint;
/// right-to-left scripts are shaped, but do not leave their box or turn it round.
void draw_line(QPainter& painter, const QRectF& box, const QString& text, const render::TextMark& mark) {
    constexpr int kPlain = Qt::AlignVCenter | Qt::TextSingleLine | Qt::AlignAbsolute;
    const bool has_marks = mark.role == render::TextRole::Token && mark.align == render::TextAlign::Left;
    const qsizetype n_faint = has_marks ? leading_marks(text) : 0;
    if (n_faint == 0) {
        painter.drawText(box, kPlain | static_cast<int>(alignment_of(mark.align)), text);
        return;
    }
    const QString faint = text.left(n_faint);
    painter.setOpacity(kFaint);
    painter.drawText(box, kPlain | Qt::AlignLeft, faint);
    painter.setOpacity(1.0);
    const double advance = QFontMetricsF(painter.font(), painter.device()).horizontalAdvance(faint);
    painter.drawText(box.adjusted(advance, 0, 0, 0), kPlain | Qt::AlignLeft, text.mid(n_faint));
}

void draw_mark(QPainter& painter, const render::TextMark& mark, double scale) {
    const QString text = QString::fromUtf8(mark.text.data(), static_cast<qsizetype>(mark.text.size()));
    QRectF box(mark.box.x, mark.box.y, mark.box.width, mark.box.height);
    painter.save();
    painter.setClipRect(box, Qt::IntersectClip);
    if (mark.direction == render::TextDirection::Up) {
        painter.translate(box.bottomLeft());
        painter.rotate(-90);
        box = QRectF(0, 0, box.height(), box.width());
    }
    painter.setFont(font_for(mark, text, scale));
    painter.setPen(qt_color(mark.color));
    const QFontMetricsF metrics(painter.font(), painter.device());
    const bool fits = metrics.horizontalAdvance(text) <= box.width() + 0.5;
    draw_line(painter, box, fits ? text : metrics.elidedText(text, Qt::ElideRight, box.width()), mark);
    painter.restore();
}

/// From premultiplied to straight alpha.
void unpremultiply(render::RgbaImage& image) {
    for (std::size_t i = 0; i + 3 < image.rgba.size(); i += 4) {
        const int alpha = image.rgba[i + 3];
        for (std::size_t c = 0; c < 3 && alpha > 0; ++c) {
            image.rgba[i + c] =
                static_cast<std::uint8_t>(std::min(255, (image.rgba[i + c] * 255 + alpha / 2) / alpha));
        }
    }
}

bool same_mark(const render::TextMark& a, const render::TextMark& b) {
    return a.box == b.box && a.text == b.text && a.role == b.role && a.align == b.align &&
           a.color == b.color && a.bold == b.bold && a.direction == b.direction;
}

bool same_strip(const render::TextStrip& a, const render::TextStrip& b) {
    return a.rect == b.rect && std::ranges::equal(a.marks, b.marks, same_mark);
}

}  // namespace

render::RgbaImage paint_strip(const render::TextStrip& strip, double scale) {
    register_fonts();
    render::RgbaImage image = clear_image(strip.rect.width, strip.rect.height);
    QImage canvas = canvas_over(image);
    QPainter painter(&canvas);
    painter.setLayoutDirection(Qt::LeftToRight);
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.translate(-strip.rect.x, -strip.rect.y);
    for (const render::TextMark& mark : strip.marks) draw_mark(painter, mark, scale);
    return image;
}

render::RgbaImage paint_card_text(const QString& text, int width, int height, double scale) {
    const render::TextMark mark{.box = {0, 0, width, height},
                                .text = text.toStdString(),
                                .role = render::TextRole::Token,
                                .color = {255, 255, 255, 255},
                                .bold = true};
    render::RgbaImage image = paint_strip({.rect = {0, 0, width, height}, .marks = {mark}}, scale);
    unpremultiply(image);
    return image;
}

int card_text_width(const QString& text, double scale) {
    register_fonts();
    render::TextMark mark;
    mark.role = render::TextRole::Token;
    mark.bold = true;
    render::RgbaImage image = clear_image(1, 1);
    const QImage canvas = canvas_over(image);
    return static_cast<int>(
               std::ceil(QFontMetricsF(font_for(mark, text, scale), &canvas).horizontalAdvance(text))) +
           1;
}

std::vector<render::LabelStrip> LabelStripCache::paint(std::vector<render::TextStrip> strips, double scale) {
    std::vector<Entry> entries;
    std::vector<render::LabelStrip> painted;
    for (render::TextStrip& strip : strips) {
        if (strip.rect.is_empty()) continue;
        const auto known = std::ranges::find_if(
            entries_, [&](const Entry& entry) { return same_strip(entry.strip, strip); });
        std::shared_ptr<const render::RgbaImage> image;
        if (known != entries_.end() && scale == scale_) {
            image = known->image;
        } else {
            image = std::make_shared<const render::RgbaImage>(paint_strip(strip, scale));
            ++n_painted_;
        }
        painted.push_back({.rect = strip.rect, .image = image});
        entries.push_back({.strip = std::move(strip), .image = std::move(image)});
    }
    entries_ = std::move(entries);
    scale_ = scale;
    return painted;
}

}  // namespace moe::app
