#include "app/shell/icons.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>
#include <cmath>

#include "app/viewport/assets.h"
#include "engine/base/check.h"

namespace moe::app {

namespace {

constexpr int kLogicalSize = 16;

QByteArray svg_of(const QString& name, const QColor& color) {
    const std::filesystem::path path = assets_folder() / "icons" / (name.toStdString() + ".svg");
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly)) {
        qWarning("%s: icon cannot be opened; the button shows its words only", path.c_str());
        return {};
    }
    return file.readAll().replace("currentColor", color.name().toLatin1());
}

}  // namespace

QPixmap icon_pixmap(const QString& name, const QColor& color, int pixels, double pixel_ratio) {
    const int device_pixels = static_cast<int>(std::lround(pixels * pixel_ratio));
    QPixmap pixmap(device_pixels, device_pixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer svg(svg_of(name, color));
    if (!svg.isValid()) return pixmap;
    QPainter painter(&pixmap);
    svg.render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(pixel_ratio);
    return pixmap;
}

QIcon tinted_icon(const QString& name, const QColor& color, const QColor& disabled) {
    QIcon icon;
    for (const double ratio : {1.0, 1.5, 2.0, 3.0}) {
        icon.addPixmap(icon_pixmap(name, color, kLogicalSize, ratio), QIcon::Normal);
        icon.addPixmap(icon_pixmap(name, disabled, kLogicalSize, ratio), QIcon::Disabled);
    }
    return icon;
}

}  // namespace moe::app
