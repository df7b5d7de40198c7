#pragma once

#include <cstddef>
#include <string>

#include "render/frame_input.h"

namespace moe::test {

/// How two pictures of one size differ.
struct ImageDifference {
    bool has_same_size = false;
    std::size_t n_far_pixels = 0;  ///< pixels with a channel more than kFarChannel apart
    int largest = 0;               ///< of any channel
    double far_share = 0.0;        ///< of all pixels
};

/// Two renderers may round a blended channel differently, not more.
inline constexpr int kFarChannel = 8;
inline constexpr double kFarPixelShare = 0.002;

ImageDifference difference(const render::RgbaImage& a, const render::RgbaImage& b);

/// Compares with tests/golden/NAME.png. Missing or different: writes what was drawn to the build folder
/// and says where. With MOE_UPDATE_GOLDEN set, writes the golden image instead.
std::string golden_complaint(const std::string& name, const render::RgbaImage& drawn);

}  // namespace moe::test
