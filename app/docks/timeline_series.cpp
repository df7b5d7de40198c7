#include "app/docks/timeline_series.h"

#include <algorithm>
#include <cmath>

#include "engine/stats/router_entropy.h"

namespace moe::app {

namespace {

void add_to(Spread& entropy, Spread& margin, const RouterCertainty& certainty, double entropy_if_uniform) {
    if (certainty.entropy && entropy_if_uniform > 0)
        entropy.add(static_cast<float>(*certainty.entropy / entropy_if_uniform));
    if (certainty.margin) margin.add(static_cast<float>(*certainty.margin));
}

double entropy_if_uniform(const TraceSnapshot& trace) {
    return std::log(static_cast<double>(trace.shape().n_experts));
}

}  // namespace

void TimelineSeries::set_subject(const Subject& subject) {
    const bool is_same_run =
        subject.identity == subject_.identity && subject.trace.n_routed() >= entropy_.n_tokens();
    if (!is_same_run) {
        entropy_.clear();
        margin_.clear();
        has_scores_ = true;
    }
    if (!is_same_run || subject.layer != subject_.layer) {
        layer_entropy_.clear();
        layer_margin_.clear();
    }
    subject_ = subject;
    const bool has_routers = subject_.trace.n_routed() > 0 && subject_.trace.shape().n_layers > 0;
    if (has_routers) has_scores_ = router_certainty(subject_.trace, 0, 0).has_value();
}

bool TimelineSeries::is_done() const {
    return !has_scores_ || !subject_.trace.has_shape() || subject_.trace.shape().n_layers == 0 ||
           n_tokens() == subject_.trace.n_routed();
}

std::size_t TimelineSeries::n_tokens() const {
    return std::min(entropy_.n_tokens(), layer_entropy_.n_tokens());
}

bool TimelineSeries::advance(std::size_t n_routers_max) {
    std::size_t n_routers = 0;
    while (!is_done() && n_routers < n_routers_max) {
        // The one layer first: it catches up soon after another was selected. Else chunk by chunk, so that
        // one whose scores are in a file is read once.
        const std::size_t chunk_end = (entropy_.n_tokens() / kChunkTokens + 1) * kChunkTokens;
        if (layer_entropy_.n_tokens() < std::min(subject_.trace.n_routed(), chunk_end)) {
            add_layer_token(layer_entropy_.n_tokens());
            n_routers += 1;
        } else {
            add_token(entropy_.n_tokens());
            n_routers += subject_.trace.shape().n_layers;
        }
    }
    return is_done();
}

void TimelineSeries::add_token(std::size_t position) {
    Spread entropy, margin;
    for (std::size_t layer = 0; layer < subject_.trace.shape().n_layers; ++layer) {
        if (const auto certainty = router_certainty(subject_.trace, position, layer))
            add_to(entropy, margin, *certainty, entropy_if_uniform(subject_.trace));
    }
    entropy_.append(entropy);
    margin_.append(margin);
}

void TimelineSeries::add_layer_token(std::size_t position) {
    Spread entropy, margin;
    const std::size_t layer = std::min(subject_.layer, subject_.trace.shape().n_layers - 1);
    if (const auto certainty = router_certainty(subject_.trace, position, layer))
        add_to(entropy, margin, *certainty, entropy_if_uniform(subject_.trace));
    layer_entropy_.append(entropy);
    layer_margin_.append(margin);
}

}  // namespace moe::app
