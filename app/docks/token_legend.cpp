#include "app/docks/token_legend.h"

#include <QPainter>
#include <cmath>

#include "app/docks/expert_tint.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kSwatch = 7;
constexpr int kHeight = 24;
constexpr int kLetterPixels = 11;  // of the usual size
constexpr int kMargin = 12;
constexpr int kBarHeight = 8;

QString end_of_scale(double value, bool is_open, bool is_low) {
    const QString number = fixed_number(value, value == std::floor(value) ? 0 : 2);
    return is_open ? (is_low ? QStringLiteral("≤ ") : QStringLiteral("≥ ")) + number : number;
}

}  // namespace

TokenLegend::TokenLegend(QWidget* parent) : QWidget(parent) { setFixedHeight(kHeight); }

int TokenLegend::letter_pixels() const {
    const int pixels = theme_.caption.pixelSize();
    return pixels > 0 ? pixels : kLetterPixels;  // no theme was set yet
}

void TokenLegend::set_experts(std::vector<std::size_t> experts) {
    setToolTip(tr("The most frequent top experts among the visible tokens, within this layer only"));
    scale_.reset();
    experts_ = std::move(experts);
    update();
}

void TokenLegend::set_scale(const ShadeScale& scale) {
    setToolTip(scale.explanation);
    experts_.clear();
    scale_ = scale;
    update();
}

void TokenLegend::set_theme(const DockTheme& theme) {
    theme_ = theme;
    setFixedHeight(kHeight * letter_pixels() / kLetterPixels);
    update();
}

void TokenLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont font = theme_.mono;
    font.setPixelSize(letter_pixels());
    painter.setFont(font);
    if (scale_) return paint_scale(painter);
    paint_experts(painter);
}

void TokenLegend::paint_experts(QPainter& painter) {
    int left = kMargin;
    for (const std::size_t expert : experts_) {
        const QString name = QStringLiteral("E%1").arg(expert);
        const int name_width = painter.fontMetrics().horizontalAdvance(name);
        if (left + kSwatch + 4 + name_width > width() - kMargin) break;
        painter.setPen(Qt::NoPen);
        painter.setBrush(expert_tint(expert, theme_.is_dark));
        painter.drawRoundedRect(QRectF(left, (height() - kSwatch) / 2.0, kSwatch, kSwatch), 1.5, 1.5);
        painter.setPen(theme_.text_2);
        painter.drawText(QRect(left + kSwatch + 4, 0, name_width + 1, height()), Qt::AlignVCenter, name);
        left += kSwatch + 4 + name_width + 10;
    }
}

void TokenLegend::paint_scale(QPainter& painter) {
    const bool falls = scale_->at_1 < scale_->at_0;
    const QString low = end_of_scale(scale_->at_0, scale_->is_open_at_0, !falls);
    QString high = end_of_scale(scale_->at_1, scale_->is_open_at_1, falls);
    if (!scale_->unit.isEmpty()) high += QLatin1Char(' ') + scale_->unit;
    const QFontMetrics metrics = painter.fontMetrics();
    const int low_width = metrics.horizontalAdvance(low) + 8;
    const int high_width = metrics.horizontalAdvance(high) + 8;
    painter.setPen(theme_.text_2);
    const QRect inside = rect().adjusted(kMargin, 0, -kMargin, 0);
    painter.drawText(inside, Qt::AlignLeft | Qt::AlignVCenter, low);
    painter.drawText(inside, Qt::AlignRight | Qt::AlignVCenter, high);
    const QRectF bar(inside.left() + low_width, (height() - kBarHeight) / 2.0,
                     inside.width() - low_width - high_width, kBarHeight);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    for (int stop = 0; stop <= 16; ++stop) gradient.setColorAt(stop / 16.0, theme_.map_color(stop / 16.0));
    painter.setPen(QPen(theme_.border_strong, 1));
    painter.setBrush(gradient);
    painter.drawRoundedRect(bar, 2, 2);
}

}  // namespace moe::app
