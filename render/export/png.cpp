#include "render/export/png.h"

#include <png.h>

#include <algorithm>
#include <cstring>

#include "engine/base/atomic_write.h"

namespace moe::render {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes straight_from_premultiplied(const Bytes& rgba) {
    Bytes straight = rgba;
    for (std::size_t i = 0; i + 3 < straight.size(); i += 4) {
        const unsigned alpha = straight[i + 3];
        if (alpha == 0 || alpha == 255) continue;
        for (std::size_t c = 0; c < 3; ++c) {
            straight[i + c] =
                static_cast<std::uint8_t>(std::min(255u, (straight[i + c] * 255u + alpha / 2) / alpha));
        }
    }
    return straight;
}

void premultiply(Bytes& rgba) {
    for (std::size_t i = 0; i + 3 < rgba.size(); i += 4) {
        for (std::size_t c = 0; c < 3; ++c) {
            rgba[i + c] = static_cast<std::uint8_t>((rgba[i + c] * unsigned{rgba[i + 3]} + 127u) / 255u);
        }
    }
}

// libpng's simplified interface; it reports by message and never jumps.
png_image described(const RgbaImage& image) {
    png_image description{};
    description.version = PNG_IMAGE_VERSION;
    description.width = static_cast<png_uint_32>(image.width);
    description.height = static_cast<png_uint_32>(image.height);
    description.format = PNG_FORMAT_RGBA;
    return description;
}

}  // namespace

Result<std::string> png_bytes(const RgbaImage& image) {
    if (image.width <= 0 || image.height <= 0) {
        return make_error("PNG: an image of {} x {} pixels cannot be written; draw at least one pixel",
                          image.width, image.height);
    }
    const Bytes straight = straight_from_premultiplied(image.rgba);
    png_image description = described(image);
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(description);
    std::string bytes(size, '\0');
    if (!png_image_write_to_memory(&description, bytes.data(), &size, /*convert_to_8_bit=*/0, straight.data(),
                                   /*row_stride=*/0, /*colormap=*/nullptr)) {
        return make_error("PNG: the image could not be encoded: {}; free some memory and try again",
                          description.message);
    }
    bytes.resize(size);
    return bytes;
}

Result<void> write_png(const std::filesystem::path& path, const RgbaImage& image) {
    MOE_TRY(const std::string bytes, png_bytes(image));
    return atomic_write(path, bytes);
}

Result<RgbaImage> read_png(const std::filesystem::path& path) {
    png_image description{};
    description.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&description, path.c_str())) {
        return make_error("{}: cannot be read as PNG: {}; check the file", path.string(),
                          description.message);
    }
    description.format = PNG_FORMAT_RGBA;
    RgbaImage image{.width = static_cast<int>(description.width),
                    .height = static_cast<int>(description.height),
                    .rgba = {}};
    image.rgba.resize(PNG_IMAGE_SIZE(description));
    if (!png_image_finish_read(&description, nullptr, image.rgba.data(), 0, nullptr)) {
        return make_error("{}: cannot be read as PNG: {}; check the file", path.string(),
                          description.message);
    }
    premultiply(image.rgba);
    return image;
}

}  // namespace moe::render
