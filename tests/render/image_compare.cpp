#include "tests/render/image_compare.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "render/export/png.h"
#include "tests/support/paths.h"

namespace moe::test {

ImageDifference difference(const render::RgbaImage& a, const render::RgbaImage& b) {
    ImageDifference result;
    result.has_same_size = a.width == b.width && a.height == b.height && a.rgba.size() == b.rgba.size();
    if (!result.has_same_size) return result;
    for (std::size_t i = 0; i + 3 < a.rgba.size(); i += 4) {
        int largest = 0;
        for (std::size_t c = 0; c < 4; ++c)
            largest = std::max(largest, std::abs(int{a.rgba[i + c]} - int{b.rgba[i + c]}));
        result.largest = std::max(result.largest, largest);
        if (largest > kFarChannel) ++result.n_far_pixels;
    }
    if (!a.rgba.empty())
        result.far_share =
            static_cast<double>(result.n_far_pixels) * 4.0 / static_cast<double>(a.rgba.size());
    return result;
}

std::string golden_complaint(const std::string& name, const render::RgbaImage& drawn) {
    const std::filesystem::path golden = test_file("golden/" + name + ".png");
    if (std::getenv("MOE_UPDATE_GOLDEN") != nullptr) {
        const Result<void> written = render::write_png(golden, drawn);
        return written ? "" : written.error().message;
    }
    const std::filesystem::path actual = std::filesystem::current_path() / (name + "_drawn.png");
    const Result<render::RgbaImage> expected = render::read_png(golden);
    if (expected) {
        const ImageDifference found = difference(*expected, drawn);
        if (found.has_same_size && found.far_share <= kFarPixelShare) return "";
    }
    const Result<void> written = render::write_png(actual, drawn);
    return "differs from " + golden.string() + (written ? "; look at " + actual.string() : "");
}

}  // namespace moe::test
