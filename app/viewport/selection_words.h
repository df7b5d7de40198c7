#pragma once

#include <string>

#include "engine/trace/trace_store.h"
#include "render/scene/view_state.h"

namespace moe::app {

/// The selection as it is spoken: "token 171, many, layer 3: experts 1 and 12, weights 0.61 and 0.39,
/// runner-up expert 2, margin 0.028". What the trace lacks is left out; nothing selected is "nothing
/// selected". The margin is between the last chosen expert and the best one that was not chosen, in what
/// the router ranked.
std::string selection_in_words(const TraceSnapshot& trace, const render::CellRef& cell);

}  // namespace moe::app
