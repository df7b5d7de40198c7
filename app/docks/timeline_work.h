#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "app/docks/run_view.h"
#include "app/docks/timeline_track.h"

namespace moe::app {

/// What the timeline wants to know next: figures of the tokens of a stretch, which are routed, for a layer or
/// summed up over all.
struct TimelineTask {
    TokenRange tokens;
    std::optional<std::size_t> layer = {};
    bool operator==(const TimelineTask&) const = default;
};

/// The answer for a stretch, token by token; count is 0 where a token has none.
struct TimelinePart {
    TimelineTask task;
    /// Over ln n_experts, 0 to 1 (1 is uniform): of the scores, or of the recent loads where there are none.
    std::vector<Spread> entropy = {};
    std::vector<Spread> overlap = {};  ///< with the token before, 0 to 1
    std::vector<Spread> margin = {};   ///< least chosen less best unchosen, of what was ranked; empty without scores
};

/// Does the tasks in their order until `is_enough`, which is asked after every token; the last part may be
/// shorter than its task. At least one token is done. Any thread; reads the scores, which may lie in a file, or
/// the experts of a stretch and of the kRecentTokens before it.
std::vector<TimelinePart> timeline_parts(const TraceSnapshot& trace, std::span<const TimelineTask> tasks,
                                         const std::function<bool()>& is_enough);

}  // namespace moe::app
