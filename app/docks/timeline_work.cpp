#include "app/docks/timeline_work.h"

#include <algorithm>
#include <cmath>

#include "engine/stats/recent_load.h"
#include "engine/stats/repetition.h"
#include "engine/stats/router_entropy.h"

namespace moe::app {

namespace {

/// Works out the tokens of one task in turn.
class TokenFigures {
  public:
    TokenFigures(const TraceSnapshot& trace, const TimelineTask& task)
        : trace_(trace),
          first_layer_(task.layer.value_or(0)),
          end_layer_(task.layer ? *task.layer + 1 : trace.shape().n_layers),
          entropy_if_uniform_(std::log(static_cast<double>(trace.shape().n_experts))),
          has_scores_(trace.has_scores()) {
        if (has_scores_) return;
        loads_.assign(end_layer_ - first_layer_, RecentLoad(trace.shape().n_experts, trace.shape().top_k));
        const std::size_t end = task.tokens.first;
        for (std::size_t position = end - std::min(end, kRecentTokens - 1); position < end; ++position) {
            for (std::size_t layer = first_layer_; layer < end_layer_; ++layer) load(layer).add(experts(position, layer));
        }
    }

    void add_to(TimelinePart& part, std::size_t position) {
        Spread entropy, overlap, margin;
        for (std::size_t layer = first_layer_; layer < end_layer_; ++layer) {
            if (position > 0) add(expert_overlap(experts(position - 1, layer), experts(position, layer)), overlap);
            if (has_scores_) {
                add_certainty(position, layer, entropy, margin);
            } else {
                load(layer).add(experts(position, layer));
                add(load(layer).entropy(), entropy);
            }
        }
        part.entropy.push_back(entropy);
        part.overlap.push_back(overlap);
        if (has_scores_) part.margin.push_back(margin);
    }

  private:
    static void add(const std::optional<double>& value, Spread& spread) {
        if (value) spread.add(static_cast<float>(*value));
    }
    void add_certainty(std::size_t position, std::size_t layer, Spread& entropy, Spread& margin) const {
        const auto certainty = router_certainty(trace_, position, layer);
        if (!certainty) return;
        if (certainty->entropy && entropy_if_uniform_ > 0) add(*certainty->entropy / entropy_if_uniform_, entropy);
        add(certainty->margin, margin);
    }
    ExpertsView experts(std::size_t position, std::size_t layer) const { return trace_.experts(position, layer); }
    RecentLoad& load(std::size_t layer) { return loads_[layer - first_layer_]; }

    const TraceSnapshot& trace_;
    std::size_t first_layer_, end_layer_;
    double entropy_if_uniform_;
    bool has_scores_;
    std::vector<RecentLoad> loads_;  // by layer; none where there are scores
};

}  // namespace

std::vector<TimelinePart> timeline_parts(const TraceSnapshot& trace, std::span<const TimelineTask> tasks,
                                         const std::function<bool()>& is_enough) {
    std::vector<TimelinePart> parts;
    for (const TimelineTask& task : tasks) {
        TimelinePart& part = parts.emplace_back();
        part.task = task;
        TokenFigures figures(trace, task);
        for (std::size_t position = task.tokens.first; position < task.tokens.end; ++position) {
            figures.add_to(part, position);
            if (!is_enough()) continue;
            part.task.tokens.end = position + 1;
            return parts;
        }
    }
    return parts;
}

}  // namespace moe::app
