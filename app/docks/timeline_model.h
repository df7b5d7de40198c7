#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/docks/run_view.h"
#include "engine/trace/trace_store.h"

namespace moe::app {

/// What the timeline shows: plain values prepared by the shell.
struct TimelineModel {
    TraceSnapshot trace = {};
    std::uint64_t identity = 0;  ///< tells one run from another
    bool is_live = false;        ///< a run of the engine: it may grow, so the axis has room
    std::size_t fork_pos = 0;    ///< where a branch left its parent; 0: it is none
    std::size_t layer = 0;
    std::optional<std::size_t> selected = {};
    std::optional<TokenRange> visible = {};  ///< in the picture
    std::optional<TokenRange> range = {};    ///< the one that lights every view
    bool loops = false;                      ///< the range is played again and again
    std::vector<std::size_t> hits = {};      ///< of a search, ascending
};

}  // namespace moe::app
