#include "app/docks/timeline_work.h"

#include <cmath>

#include "engine/stats/router_entropy.h"

namespace moe::app {

namespace {

void add_token(const TraceSnapshot& trace, std::size_t position, TimelinePart& part) {
    const double entropy_if_uniform = std::log(static_cast<double>(trace.shape().n_experts));
    Spread& entropy = part.entropy.emplace_back();
    Spread& margin = part.margin.emplace_back();
    const std::size_t first = part.task.layer.value_or(0);
    const std::size_t end = part.task.layer ? first + 1 : trace.shape().n_layers;
    for (std::size_t layer = first; layer < end; ++layer) {
        const auto certainty = router_certainty(trace, position, layer);
        if (!certainty) continue;
        if (certainty->entropy && entropy_if_uniform > 0)
            entropy.add(static_cast<float>(*certainty->entropy / entropy_if_uniform));
        if (certainty->margin) margin.add(static_cast<float>(*certainty->margin));
    }
}

}  // namespace

std::vector<TimelinePart> timeline_parts(const TraceSnapshot& trace, std::span<const TimelineTask> tasks,
                                         const std::function<bool()>& is_enough) {
    std::vector<TimelinePart> parts;
    for (const TimelineTask& task : tasks) {
        TimelinePart& part = parts.emplace_back();
        part.task = task;
        for (std::size_t position = task.tokens.first; position < task.tokens.end; ++position) {
            add_token(trace, position, part);
            if (!is_enough()) continue;
            part.task.tokens.end = position + 1;
            return parts;
        }
    }
    return parts;
}

}  // namespace moe::app
