#pragma once

#include <optional>

#include "app/viewport/cell_facts.h"
#include "app/viewport/tooltip.h"
#include "render/scene/load_counter.h"
#include "render/scene/picking.h"

namespace moe::app {

/// What is counted over the rows in view.
struct VisibleCounts {
    TokenRange tokens;  ///< in view and routed
    ExpertCounts load;  ///< [layer * n_experts + expert]; empty: not counted
};

/// The card for what is under the pointer; nothing where there is nothing to say.
std::optional<TooltipModel> tooltip_for(const render::FrameInput& scene, const render::PanelLayout& layout,
                                        const render::Hit& hit, const VisibleCounts& visible);

/// The token at a position, run or planned; null if there is none.
const TokenRecord* token_at(const render::FrameInput& scene, std::size_t position);

}  // namespace moe::app
