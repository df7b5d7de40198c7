#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"
#include "render/frame_input.h"

namespace moe::render {

/// The image as a PNG file's bytes: 8-bit RGBA, marked as sRGB, without a time, so that the same picture
/// gives the same bytes. Premultiplied alpha becomes straight.
Result<std::string> png_bytes(const RgbaImage& image);

/// Writes the file whole or not at all.
Result<void> write_png(const std::filesystem::path& path, const RgbaImage& image);

/// Reads any PNG as 8-bit RGBA with premultiplied alpha.
Result<RgbaImage> read_png(const std::filesystem::path& path);

}  // namespace moe::render
