#include "engine/stats/margin_sample.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/stats/router_entropy.h"

namespace moe {
namespace {

constexpr double kNearMissShare = 0.1;

}  // namespace

std::vector<std::size_t> MarginSample::spread(std::size_t n_routed, std::size_t n_tokens_max) {
    MOE_CHECK(n_tokens_max > 0);
    const std::size_t n_tokens = std::min(n_routed, n_tokens_max);
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < n_tokens; ++i) positions.push_back(i * n_routed / n_tokens);
    return positions;
}

MarginSample MarginSample::of(const TraceSnapshot& trace, std::size_t n_tokens_max) {
    MarginSample sample;
    for (const std::size_t position : spread(trace.n_routed(), n_tokens_max)) sample.add(trace, position);
    return sample;
}

void MarginSample::add(const TraceSnapshot& trace, std::size_t position) {
    by_layer_.resize(trace.shape().n_layers);
    ++n_tokens_;
    for (std::size_t layer = 0; layer < by_layer_.size(); ++layer) {
        const auto certainty = router_certainty(trace, position, layer);
        if (!certainty || !certainty->margin) continue;
        std::vector<double>& margins = by_layer_[layer];
        margins.insert(std::ranges::upper_bound(margins, *certainty->margin), *certainty->margin);
    }
}

const std::vector<double>* MarginSample::margins_of(std::size_t layer) const {
    const bool is_known = layer < by_layer_.size() && by_layer_[layer].size() >= kFewestMargins;
    return is_known ? &by_layer_[layer] : nullptr;
}

std::optional<double> MarginSample::median(std::size_t layer) const {
    const std::vector<double>* margins = margins_of(layer);
    if (margins == nullptr) return std::nullopt;
    const std::size_t half = margins->size() / 2;
    return margins->size() % 2 == 1 ? (*margins)[half] : ((*margins)[half - 1] + (*margins)[half]) / 2;
}

std::optional<double> MarginSample::share_below(std::size_t layer, double margin) const {
    const std::vector<double>* margins = margins_of(layer);
    if (margins == nullptr) return std::nullopt;
    const auto [first, last] = std::equal_range(margins->begin(), margins->end(), margin);
    const auto n_below =
        static_cast<double>(first - margins->begin()) + static_cast<double>(last - first) / 2;
    return n_below / static_cast<double>(margins->size());
}

std::optional<MarginRank> MarginSample::rank(std::size_t layer, double margin) const {
    const std::vector<double>* margins = margins_of(layer);
    if (margins == nullptr) return std::nullopt;
    const auto n_below = std::ranges::lower_bound(*margins, margin) - margins->begin();
    return MarginRank{.rank = static_cast<std::size_t>(n_below) + 1, .n_margins = margins->size()};
}

bool MarginSample::is_near_miss(std::size_t layer, double margin) const {
    const std::optional<double> share = share_below(layer, margin);
    return share && *share < kNearMissShare;
}

}  // namespace moe
