#include "render/scene/colormap.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "render/scene/oklab.h"

namespace moe::render {
namespace {

constexpr double kWeightFloor = 0.18;      // a chosen cell's place at weight 0
constexpr double kChosenPosition = 0.62;   // the one colour of cells without a value
constexpr double kDifferenceFloor = 0.14;  // the smallest difference that is seen on each side
constexpr double kInvisibleBelow = 1.0 / 64.0;
constexpr double kSmallestLog = 1e-3;  // the black point of a logarithmic scale is at least this

constexpr std::array<std::uint32_t, 9> kTideDark{0x101318, 0x192453, 0x223D7F, 0x00609D, 0x0885A0,
                                                 0x00AAA3, 0x55CD89, 0xB9E180, 0xFCF4A4};
constexpr std::array<std::uint32_t, 9> kTideLight{0xFBFBFA, 0xDBE3B9, 0xA0CF9A, 0x47BC9A, 0x009CA3,
                                                  0x07799F, 0x00559E, 0x1D3188, 0x1D1563};
// Viridis and magma: Smith and van der Walt, CC0. Cividis: Nuñez, Anderton, Renslow 2018.
constexpr std::array<std::uint32_t, 9> kViridis{0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C,
                                                0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725};
constexpr std::array<std::uint32_t, 9> kMagma{0x000004, 0x1D1147, 0x51127C, 0x832681, 0xB73779,
                                              0xE75263, 0xFC8961, 0xFEC488, 0xFCFDBF};
constexpr std::array<std::uint32_t, 10> kCividis{0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173,
                                                 0x8A8678, 0xA59C74, 0xC3B369, 0xE1CC55, 0xFEE838};
constexpr std::array<std::uint32_t, 9> kDivergingDark{0x7BCFFF, 0x389FD2, 0x276E92, 0x164157, 0x101318,
                                                      0x53331A, 0x8C582D, 0xCA8042, 0xFEB073};
constexpr std::array<std::uint32_t, 9> kDivergingLight{0x00649F, 0x4389C1, 0x7EAFD9, 0xB6D5F0, 0xFBFBFA,
                                                       0xEEC7B6, 0xD49A7F, 0xB96C49, 0x9B3E01};
constexpr std::array<std::uint32_t, 2> kGreyDark{0x101318, 0xF2F4F7};
constexpr std::array<std::uint32_t, 2> kGreyLight{0xFBFBFA, 0x14171C};

struct Stops {
    std::span<const std::uint32_t> colors;
    bool is_reversed = false;
    bool begins_with_view = false;
};

// In the light theme more is darker, like ink: the maps made for dark ground are turned round.
Stops stops_of(const Theme& theme, ColorMap map) {
    const bool is_light = !theme.is_dark;
    switch (map) {
        case ColorMap::Viridis:
            return {kViridis, is_light};
        case ColorMap::Cividis:
            return {kCividis, is_light};
        case ColorMap::Magma:
            return {kMagma, is_light};
        case ColorMap::Grey:
            return {is_light ? std::span<const std::uint32_t>(kGreyLight) : kGreyDark, false, true};
        case ColorMap::Tide:
            break;
    }
    return {is_light ? std::span<const std::uint32_t>(kTideLight) : kTideDark, false, true};
}

Color color_at(const Stops& stops, double position) {
    const double clamped_position = std::clamp(position, 0.0, 1.0);
    const double place = (stops.is_reversed ? 1.0 - clamped_position : clamped_position) *
                         static_cast<double>(stops.colors.size() - 1);
    const auto index = std::min(static_cast<std::size_t>(place), stops.colors.size() - 2);
    const Oklab from = oklab_from_srgb(Color::rgb(stops.colors[index]));
    const Oklab to = oklab_from_srgb(Color::rgb(stops.colors[index + 1]));
    return srgb_from_oklab(mixed(from, to, place - static_cast<double>(index)));
}

// The value's place between black and white point.
double scaled(const ColorScale& scale, double value) {
    double low = scale.low;
    double high = std::max<double>(scale.high, low + 1e-6);
    if (scale.is_log) {
        low = std::max(low, kSmallestLog);
        high = std::max(high, low * 1.001);
        return std::clamp(std::log(std::max(value, low) / low) / std::log(high / low), 0.0, 1.0);
    }
    return std::clamp((value - low) / (high - low), 0.0, 1.0);
}

}  // namespace

std::uint8_t code_from_value(float value) {
    const float root = std::sqrt(std::clamp(value, 0.0f, 1.0f));
    return static_cast<std::uint8_t>(1.5f + 254.0f * root);
}

float value_from_code(std::uint8_t code) {
    if (code == 0) return 0.0f;
    const float root = static_cast<float>(code - 1) / 254.0f;
    return root * root;
}

std::uint8_t code_from_signed(float value) {
    const float clamped = std::clamp(value, -1.0f, 1.0f);
    const float root = std::copysign(std::sqrt(std::abs(clamped)), clamped);
    return static_cast<std::uint8_t>(128.5f + 127.0f * root);
}

float signed_from_code(std::uint8_t code) {
    if (code == 0) return 0.0f;
    const float root = (static_cast<float>(code) - 128.0f) / 127.0f;
    return std::copysign(root * root, root);
}

Color map_color(const Theme& theme, ColorMap map, double position) {
    return color_at(stops_of(theme, map), position);
}

Color diverging_color(const Theme& theme, double position) {
    return color_at({theme.is_dark ? kDivergingDark : kDivergingLight}, (position + 1.0) / 2.0);
}

double map_position(const ColorScale& scale, CellMeaning meaning, float value) {
    if (is_signed(meaning)) {
        if (value == 0.0f) return 0.0;
        const double place = scaled(scale, std::abs(static_cast<double>(value)));
        return std::copysign(kDifferenceFloor + (1.0 - kDifferenceFloor) * place, static_cast<double>(value));
    }
    if (meaning == CellMeaning::Chosen) return kChosenPosition;
    const double place = scaled(scale, value);
    return meaning == CellMeaning::Weight ? kWeightFloor + (1.0 - kWeightFloor) * place : place;
}

Color value_color(const Theme& theme, const ColorScale& scale, CellMeaning meaning, float value) {
    const double position = map_position(scale, meaning, value);
    return is_signed(meaning) ? diverging_color(theme, position) : map_color(theme, scale.map, position);
}

ColorTable color_table(const Theme& theme, const ColorScale& scale, CellMeaning meaning) {
    const bool begins_with_view = is_signed(meaning) || stops_of(theme, scale.map).begins_with_view;
    ColorTable table{};
    table[0] = Color{0, 0, 0, 0};
    for (std::size_t i = 1; i < table.size(); ++i) {
        const auto code = static_cast<std::uint8_t>(i);
        const float value = is_signed(meaning) ? signed_from_code(code) : value_from_code(code);
        const bool is_view =
            begins_with_view && std::abs(map_position(scale, meaning, value)) < kInvisibleBelow;
        table[i] = is_view ? Color{0, 0, 0, 0} : value_color(theme, scale, meaning, value);
    }
    return table;
}

}  // namespace moe::render
