#include "app/docks/skeleton.h"

#include <QPainter>
#include <algorithm>

namespace moe::app {

namespace {

constexpr int kSide = 12;
constexpr int kRow = 20;
constexpr int kBar = 9;
constexpr int kNameWidth = 44;
constexpr int kChosen = 2;  // rows above the cut
constexpr int kRows = 14;
constexpr double kFirstShare = 0.85;
constexpr double kShrink = 0.78;  // from one row to the next

}  // namespace

void RouterSkeleton::set_theme(const DockTheme& theme) {
    theme_ = theme;
    update();
}

void RouterSkeleton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int bars_left = kSide + kNameWidth + kSide;
    const double room = width() - kSide - bars_left;
    double share = kFirstShare;
    for (int row = 0; row < kRows; ++row) {
        const int y = row * kRow + (row >= kChosen ? kRow : 0);
        if (y + kRow > height()) break;
        if (row == kChosen) {
            painter.setPen(QPen(theme_.border_strong, 1, Qt::DashLine));
            painter.drawLine(QPointF(kSide, y - kRow / 2.0 + 0.5),
                             QPointF(width() - kSide, y - kRow / 2.0 + 0.5));
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.track);
        const double top = y + (kRow - kBar) / 2.0;
        painter.drawRoundedRect(QRectF(kSide, top, kNameWidth, kBar), 2, 2);
        painter.drawRoundedRect(QRectF(bars_left, top, std::max(4.0, room * share), kBar), 2, 2);
        share *= kShrink;
    }
}

}  // namespace moe::app
