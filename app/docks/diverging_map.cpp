#include "app/docks/diverging_map.h"

#include <cmath>

namespace moe::app {

namespace {

using Stops = std::array<QRgb, 9>;

constexpr Stops kDark{0x7BCFFF, 0x389FD2, 0x276E92, 0x164157, 0x101318,
                      0x53331A, 0x8C582D, 0xCA8042, 0xFEB073};
constexpr Stops kLight{0x00649F, 0x4389C1, 0x7EAFD9, 0xB6D5F0, 0xFBFBFA,
                       0xEEC7B6, 0xD49A7F, 0xB96C49, 0x9B3E01};

int mixed(int a, int b, double share) { return static_cast<int>(std::lround(a + (b - a) * share)); }

}  // namespace

std::array<QRgb, 256> diverging_map(bool is_dark) {
    const Stops& stops = is_dark ? kDark : kLight;
    std::array<QRgb, 256> map{};
    for (std::size_t i = 0; i < map.size(); ++i) {
        const double place = static_cast<double>(i) / 255.0 * 8.0;
        const std::size_t below = i == 255 ? 7 : static_cast<std::size_t>(place);
        const double share = place - static_cast<double>(below);
        const QRgb a = stops[below];
        const QRgb b = stops[below + 1];
        map[i] = qRgb(mixed(qRed(a), qRed(b), share), mixed(qGreen(a), qGreen(b), share),
                      mixed(qBlue(a), qBlue(b), share));
    }
    return map;
}

}  // namespace moe::app
