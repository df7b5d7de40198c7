#include "app/docks/matrix_scale.h"

#include <QPainter>
#include <algorithm>

namespace moe::app {

namespace {

constexpr int kBar = 8;
constexpr int kBarGap = 5;   // between the upright bar and its words
constexpr int kWordGap = 8;  // between the lying bar and its words
constexpr int kSide = 6;
constexpr double kLongest = 260;
constexpr int kShortestBar = 20;

}  // namespace

MatrixScale::MatrixScale(QWidget* parent) : QWidget(parent) {}

void MatrixScale::set_words(const Words& words) {
    words_ = words;
    updateGeometry();
    update();
}

void MatrixScale::set_upright(bool is_upright) {
    is_upright_ = is_upright;
    update();
}

void MatrixScale::set_theme(const DockTheme& theme) {
    theme_ = theme;
    updateGeometry();
    update();
}

int MatrixScale::upright_width() const {
    const QFontMetrics metrics(theme_.caption);
    int words = 0;
    for (const QString& word : {words_.low_upright, words_.middle, words_.high_upright})
        words = std::max(words, metrics.horizontalAdvance(word));
    return kBar + kBarGap + words + kSide;
}

void MatrixScale::paint_bar(QPainter& painter, const QRectF& bar) const {
    QLinearGradient gradient(is_upright_ ? bar.bottomLeft() : bar.topLeft(),
                             is_upright_ ? bar.topLeft() : bar.topRight());
    for (int stop = 0; stop <= 16; ++stop)
        gradient.setColorAt(stop / 16.0, words_.is_diverging ? theme_.diverging_color(stop / 16.0)
                                                             : theme_.map_color(stop / 16.0));
    painter.setPen(QPen(theme_.border_strong, 1));
    painter.setBrush(gradient);
    painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
}

void MatrixScale::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme_.caption);
    if (is_upright_) {
        paint_bar(painter, QRectF(0, 0, kBar, height()));
        painter.setPen(theme_.text_3);
        const QRectF words(kBar + kBarGap, -2, width() - kBar - kBarGap, height() + 4);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignTop, words_.high_upright);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, words_.middle);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignBottom, words_.low_upright);
        return;
    }
    const QFontMetricsF metrics(theme_.caption);
    const QRectF line(0, 0, std::min<double>(width(), kLongest), height());
    const double left = metrics.horizontalAdvance(words_.low) + kWordGap;
    const double right = line.right() - metrics.horizontalAdvance(words_.high) - kWordGap;
    if (right - left >= kShortestBar)
        paint_bar(painter, QRectF(left, (height() - kBar) / 2.0, right - left, kBar));
    painter.setPen(theme_.text_3);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, words_.low);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, words_.high);
}

}  // namespace moe::app
