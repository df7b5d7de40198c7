#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "render/scene/expert_columns.h"
#include "render/scene/token_axis.h"

namespace moe::render {

/// Moving about. All functions are pure: axis in, axis out, whole pixels. Rows are 1 2 3 5 8 11 15 20 28
/// logical pixels high; below 1 they fold 2, 3, 4, 6, 8, 12 ... tokens.

/// Row height in device pixels that a new picture starts with.
int default_row_pixels(double pixel_ratio);

/// `steps` > 0 nearer. The token under `anchor_pixel` stays there as far as whole pixels allow.
TokenAxis zoomed_rows(const TokenAxis& axis, int steps, std::int64_t anchor_pixel, double pixel_ratio);

/// Like zoomed_rows for the columns that are drawn now; the result no longer fits the width by itself.
ExpertAxis zoomed_columns(const ExpertColumns& columns, int steps, std::int64_t anchor_pixel,
                          double pixel_ratio);

/// The axis with its offset moved to where the panel shows as many of n_rows as it can.
TokenAxis clamped(const TokenAxis& axis, std::size_t n_rows, int height);
ExpertAxis clamped(const ExpertColumns& columns, int width);

/// Scrolled so that the newest of `n_rows` rows stands on the panel's last full row, or at its place if
/// all rows fit.
TokenAxis followed(const TokenAxis& axis, std::size_t n_rows, int height);

/// The scale kept, `token` brought to the panel's middle and clamped.
TokenAxis centred(const TokenAxis& axis, std::size_t token, std::size_t n_rows, int height);

/// Tokens [first, end) of a selection in the middle, as near as they fit, at most at the default height.
TokenAxis framed(std::size_t first, std::size_t end, std::size_t n_rows, int height, double pixel_ratio);

/// All rows on one screen, folded as far as needed, at most at the default height.
TokenAxis fitted(std::size_t n_rows, int height, double pixel_ratio);

/// Tokens of `n_tokens` that the panel shows at least a pixel of, half-open; nothing if there are none.
std::optional<std::pair<std::size_t, std::size_t>> visible_tokens(const TokenAxis& axis, int height,
                                                                  std::size_t n_tokens);

}  // namespace moe::render
