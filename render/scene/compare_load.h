#pragma once

#include "render/scene/compare_chart.h"

namespace moe::render {

/// Adds the load histograms under the blocks of a comparison: how many of the rows in view chose each expert
/// in A and in B with the fair share, and B less A between them. Nothing where the layout has no room, or
/// where a row is more than one token.
void add_compare_load(Chart& chart, const CompareModel& model, const CompareLayout& layout,
                      const Theme& theme);

}  // namespace moe::render
