#include "engine/stats/margin_sample.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/stats/router_entropy.h"

namespace moe {
namespace {

constexpr std::size_t kFewestMargins = 20;

}  // namespace

MarginSample MarginSample::of(const TraceSnapshot& trace, std::size_t n_tokens_max) {
    MOE_CHECK(n_tokens_max > 0);
    MarginSample sample;
    if (!trace.has_shape()) return sample;
    const std::size_t n_routed = trace.n_routed();
    sample.n_tokens_ = std::min(n_routed, n_tokens_max);
    sample.is_whole_ = sample.n_tokens_ == n_routed;
    sample.by_layer_.resize(trace.shape().n_layers);
    for (std::size_t i = 0; i < sample.n_tokens_; ++i) {
        const std::size_t position = i * n_routed / sample.n_tokens_;
        for (std::size_t layer = 0; layer < sample.by_layer_.size(); ++layer) {
            const auto certainty = router_certainty(trace, position, layer);
            if (certainty && certainty->margin) sample.by_layer_[layer].push_back(*certainty->margin);
        }
    }
    for (std::vector<double>& margins : sample.by_layer_) std::ranges::sort(margins);
    return sample;
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
    const auto n_below = static_cast<double>(first - margins->begin()) + static_cast<double>(last - first) / 2;
    return n_below / static_cast<double>(margins->size());
}

}  // namespace moe
