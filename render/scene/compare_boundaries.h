#pragma once

#include "render/scene/compare_chart.h"

namespace moe::render {

/// Adds a line across all blocks of a comparison where the runs part or one of them ends, with words beside
/// it that stay inside the blocks and apart from each other: shorter ones where there is no room, or none.
void add_compare_boundaries(Chart& chart, const CompareModel& model, const CompareLayout& layout,
                            const Theme& theme);

}  // namespace moe::render
