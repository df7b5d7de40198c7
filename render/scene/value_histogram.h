#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "render/frame_report.h"
#include "render/scene/heatmap_value.h"

namespace moe::render {

/// How often the values in view occur: `n_bins` bins from 0 to 1, of signed values from -1 to 1. Code 0 is
/// nothing and does not count.
std::vector<std::uint32_t> value_histogram(const CodeCounts& codes, CellMeaning meaning, std::size_t n_bins);

/// Black and white point that leave `share` of the values in view out on either side, as far as codes can
/// tell; of signed values those of their sizes. Nothing where there are no values or all are alike.
std::optional<std::pair<float, float>> percentile_range(const CodeCounts& codes, CellMeaning meaning,
                                                        double share);

/// A value on the colour scale as the number that people read: a multiple of the fair share, a rank; and
/// back.
double number_from_value(CellMeaning meaning, float value, std::size_t n_experts);
float value_from_number(CellMeaning meaning, double number, std::size_t n_experts);

}  // namespace moe::render
