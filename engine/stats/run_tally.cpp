#include "engine/stats/run_tally.h"

#include <span>
#include <utility>

#include "engine/base/check.h"
#include "engine/stats/layer_flow.h"

namespace moe {

LayerStats stats_of_loads(ExpertCounts counts, std::vector<std::size_t> tokens_by_slots) {
    LayerStats stats;
    stats.balance = load_balance(counts);
    stats.null = load_null(MixedRouting{counts.size(), std::move(tokens_by_slots)});
    stats.counts = std::move(counts);
    return stats;
}

RunTally::RunTally(const TraceShape& shape, const Options& options)
    : layers_(shape.n_layers), options_(options), n_experts_(shape.n_experts) {
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        layers_[layer].counts.resize(shape.n_experts);
        layers_[layer].tokens_by_slots.resize(shape.top_k + 1);
        if (options.coactivation) layers_[layer].coactivation = PairCounts(n_experts_, n_experts_);
        if (options.flow && layer + 1 < layers_.size())
            layers_[layer].flow = PairCounts(n_experts_, n_experts_);
    }
}

void RunTally::add_token(const TraceSnapshot& window, std::size_t token, bool has_neighbour) {
    for (std::size_t index = 0; index < layers_.size(); ++index) {
        Layer& layer = layers_[index];
        const ExpertsView experts = window.experts(token, index);
        std::size_t n_used = 0;
        for (const std::uint16_t expert : experts) {
            if (expert == kNoExpert) continue;
            ++layer.counts[expert];
            ++n_used;
        }
        ++layer.tokens_by_slots[n_used];
        layer.certainty.add(window, token, index);
        if (has_neighbour) layer.repetition.add(layer.last_experts, experts);
        layer.last_experts.assign(experts.begin(), experts.end());
    }
}

void RunTally::add(const TraceSnapshot& window, std::size_t position, std::size_t first, std::size_t end) {
    MOE_CHECK(first <= end && end <= window.n_routed());
    if (first == end) return;
    MOE_CHECK(window.shape().n_layers == layers_.size() && window.shape().n_experts == n_experts_);
    for (std::size_t token = first; token < end; ++token) {
        MOE_CHECK(!next_position_ || *next_position_ <= position + token);
        add_token(window, token, /*has_neighbour=*/next_position_ == position + token);
        next_position_ = position + token + 1;
    }
    n_tokens_ += end - first;
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        if (options_.coactivation) add_coactivation(window, layer, first, end, layers_[layer].coactivation);
        if (options_.flow && layer + 1 < layers_.size())
            add_layer_flow(window, layer, first, end, layers_[layer].flow);
    }
}

LayerStats RunTally::layer(std::size_t layer) const {
    const Layer& tally = layers_.at(layer);
    LayerStats stats = stats_of_loads(tally.counts, tally.tokens_by_slots);
    stats.certainty = tally.certainty.mean();
    stats.repetition = tally.repetition.mean();
    stats.repetition_null = tally.repetition.null(n_experts_);
    return stats;
}

const PairCounts& RunTally::coactivation(std::size_t layer) const {
    MOE_CHECK(options_.coactivation && layer < layers_.size());
    return layers_[layer].coactivation;
}

const PairCounts& RunTally::flow(std::size_t layer) const {
    MOE_CHECK(options_.flow && layer + 1 < layers_.size());
    return layers_[layer].flow;
}

}  // namespace moe
