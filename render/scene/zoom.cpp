#include "render/scene/zoom.h"

#include <algorithm>
#include <array>

namespace moe::render {
namespace {

constexpr std::array<int, 9> kRowSteps{1, 2, 3, 5, 8, 11, 15, 20, 28};  // logical pixels
constexpr int kDefaultRow = 15;
constexpr int kMostRowFolds = 60;  // 2^31 tokens a row
constexpr std::array<int, 13> kColumnSteps{1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32};
constexpr int kMostColumnFolds = 24;

int device_pixels(int logical, double pixel_ratio) {
    return std::max(1, static_cast<int>(logical * pixel_ratio + 0.5));
}

// What a folding level puts into one pixel.
std::int64_t folded_at(int level) {
    if (level >= 0) return 1;
    if (level == -1) return 2;
    const std::int64_t power = std::int64_t{1} << (-level / 2);
    return level % 2 == 0 ? power + power / 2 : 2 * power;
}

// A scale as one number: 0 is the smallest unfolded step, negative ones fold 2, 3, 4, 6, 8, 12 ...
template <std::size_t n>
int level_of(const std::array<int, n>& steps, int pixels, std::int64_t folded, double pixel_ratio) {
    int level = 0;
    if (folded > 1) {
        while (folded_at(level) < folded) --level;
        return level;
    }
    for (std::size_t i = 1; i < n; ++i) {
        if (device_pixels(steps[i], pixel_ratio) <= pixels) level = static_cast<int>(i);
    }
    return level;
}

// The pixel of the panel's content that shows the same place after a change of scale. A pixel stands for
// its middle, so that zooming to and fro does not drift.
std::int64_t rescaled(std::int64_t position, std::int64_t pixels, std::int64_t folded,
                      std::int64_t new_pixels, std::int64_t new_folded) {
    __extension__ using Wide = __int128;
    const Wide numerator = (2 * static_cast<Wide>(position) + 1) * folded * new_pixels;
    const Wide denominator = 2 * static_cast<Wide>(pixels) * new_folded;
    Wide quotient = numerator / denominator;
    if (numerator % denominator < 0) --quotient;
    return static_cast<std::int64_t>(quotient);
}

// The panel's height in whole rows, so that the newest row is never cut.
std::int64_t whole_rows(const TokenAxis& axis, int height) {
    return height / axis.row_pixels * axis.row_pixels;
}

TokenAxis with_row_level(const TokenAxis& axis, int level, double pixel_ratio) {
    TokenAxis scaled = axis;
    scaled.row_tokens = folded_at(level);
    // A folded row is one device pixel: nothing is hidden that a pixel could show.
    scaled.row_pixels =
        level < 0 ? 1 : device_pixels(kRowSteps[static_cast<std::size_t>(level)], pixel_ratio);
    return scaled;
}

}  // namespace

int default_row_pixels(double pixel_ratio) { return device_pixels(kDefaultRow, pixel_ratio); }

TokenAxis zoomed_rows(const TokenAxis& axis, int steps, std::int64_t anchor_pixel, double pixel_ratio) {
    const int level = level_of(kRowSteps, axis.row_pixels, axis.row_tokens, pixel_ratio);
    const int wanted = std::clamp(level + steps, -kMostRowFolds, static_cast<int>(kRowSteps.size()) - 1);
    if (wanted == level) return axis;
    TokenAxis zoomed = with_row_level(axis, wanted, pixel_ratio);
    zoomed.offset_pixels = rescaled(axis.offset_pixels + anchor_pixel, axis.row_pixels, axis.row_tokens,
                                    zoomed.row_pixels, zoomed.row_tokens) -
                           anchor_pixel;
    return zoomed;
}

ExpertAxis zoomed_columns(const ExpertColumns& columns, int steps, std::int64_t anchor_pixel,
                          double pixel_ratio) {
    const ExpertAxis& axis = columns.axis;
    const int level = level_of(kColumnSteps, axis.column_pixels, axis.column_experts, pixel_ratio);
    const int wanted =
        std::clamp(level + steps, -kMostColumnFolds, static_cast<int>(kColumnSteps.size()) - 1);
    if (wanted == level || columns.n_layers == 0) return axis;

    ExpertColumns zoomed = columns;
    zoomed.axis.column_experts = static_cast<int>(folded_at(wanted));
    zoomed.axis.column_pixels =
        wanted < 0 ? 1 : device_pixels(kColumnSteps[static_cast<std::size_t>(wanted)], pixel_ratio);
    zoomed.axis.gap_pixels =
        wanted < 0 ? 1 : std::min(device_pixels(10, pixel_ratio), 2 * zoomed.axis.column_pixels + 2);

    // The layer and the place in it stay; a place outside the layers moves with the nearest.
    const std::int64_t position = std::clamp<std::int64_t>(
        anchor_pixel + axis.offset_pixels, 0, std::max<std::int64_t>(0, columns.total_width() - 1));
    const std::size_t layer = *columns.layer_from_pixel(position - axis.offset_pixels);
    const std::int64_t inside =
        std::min(position - columns.content_from_layer(layer), columns.layer_width(layer) - 1);
    zoomed.axis.offset_pixels = zoomed.content_from_layer(layer) +
                                rescaled(inside, axis.column_pixels, axis.column_experts,
                                         zoomed.axis.column_pixels, zoomed.axis.column_experts) -
                                anchor_pixel;
    return zoomed.axis;
}

TokenAxis clamped(const TokenAxis& axis, std::size_t n_rows, int height) {
    TokenAxis result = axis;
    const std::int64_t most = axis.height_of(static_cast<std::int64_t>(n_rows)) - whole_rows(axis, height);
    result.offset_pixels = std::clamp<std::int64_t>(axis.offset_pixels, 0, std::max<std::int64_t>(0, most));
    return result;
}

ExpertAxis clamped(const ExpertColumns& columns, int width) {
    ExpertAxis result = columns.axis;
    const std::int64_t most = std::max<std::int64_t>(0, columns.total_width() - width);
    result.offset_pixels = std::clamp<std::int64_t>(result.offset_pixels, 0, most);
    return result;
}

TokenAxis followed(const TokenAxis& axis, std::size_t n_rows, int height) {
    TokenAxis result = axis;
    const std::int64_t most = axis.height_of(static_cast<std::int64_t>(n_rows)) - whole_rows(axis, height);
    result.offset_pixels = std::max<std::int64_t>(0, most);
    return result;
}

TokenAxis centred(const TokenAxis& axis, std::size_t token, std::size_t n_rows, int height) {
    TokenAxis result = axis;
    result.offset_pixels = 0;
    const std::int64_t top = result.pixel_from_token(static_cast<std::int64_t>(token));
    result.offset_pixels = top - (height - axis.row_pixels) / 2;
    return clamped(result, n_rows, height);
}

TokenAxis framed(std::size_t first, std::size_t end, std::size_t n_rows, int height, double pixel_ratio) {
    const auto n = static_cast<std::int64_t>(std::max(end, first + 1) - first);
    TokenAxis axis;
    for (int level = level_of(kRowSteps, default_row_pixels(pixel_ratio), 1, pixel_ratio);
         level >= -kMostRowFolds; --level) {
        axis = with_row_level(axis, level, pixel_ratio);
        if (axis.height_of(n) <= height) break;
    }
    return centred(axis, first + static_cast<std::size_t>(n / 2), n_rows, height);
}

TokenAxis fitted(std::size_t n_rows, int height, double pixel_ratio) {
    return framed(0, n_rows, n_rows, height, pixel_ratio);
}

std::optional<std::pair<std::size_t, std::size_t>> visible_tokens(const TokenAxis& axis, int height,
                                                                  std::size_t n_tokens) {
    if (height <= 0) return std::nullopt;
    const auto n = static_cast<std::int64_t>(n_tokens);
    const std::int64_t first = std::max<std::int64_t>(0, axis.token_from_pixel(0));
    const std::int64_t end = std::min(n, axis.token_from_pixel(height - 1) + axis.row_tokens);
    if (first >= end) return std::nullopt;
    return std::pair{static_cast<std::size_t>(first), static_cast<std::size_t>(end)};
}

}  // namespace moe::render
