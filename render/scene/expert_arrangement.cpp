#include "render/scene/expert_arrangement.h"

#include <algorithm>
#include <numeric>

#include "engine/base/check.h"
#include "engine/stats/expert_load.h"
#include "render/scene/expert_clusters.h"

namespace moe::render {
namespace {

// Newest tokens that similarity looks at: enough for a pair of experts in 128 to meet by chance 60 times.
constexpr std::size_t kMostSimilarityTokens = 16'384;

std::vector<std::uint16_t> all_experts(std::size_t n_experts) {
    std::vector<std::uint16_t> experts(n_experts);
    std::iota(experts.begin(), experts.end(), std::uint16_t{0});
    return experts;
}

std::vector<std::uint16_t> sorted_experts(const TraceSnapshot& trace, std::size_t n_experts,
                                          std::size_t layer, ExpertSort sort) {
    std::vector<std::uint16_t> experts = all_experts(n_experts);
    const std::size_t n_routed = trace.n_routed();
    if (sort == ExpertSort::ById || n_routed == 0) return experts;
    if (sort == ExpertSort::BySimilarity) {
        const std::size_t first = n_routed - std::min(n_routed, kMostSimilarityTokens);
        return clustered_order(coactivation(trace, layer, first, n_routed));
    }
    const ExpertCounts load = tokens_per_expert(trace, layer, 0, n_routed);
    std::ranges::stable_sort(experts, [&](std::uint16_t a, std::uint16_t b) { return load[a] > load[b]; });
    return experts;
}

}  // namespace

ExpertArrangement::ExpertArrangement(std::vector<std::vector<std::uint16_t>> experts,
                                     std::vector<bool> is_collapsed, std::size_t n_experts,
                                     std::vector<std::size_t> n_pinned)
    : n_experts_(n_experts),
      experts_(std::move(experts)),
      is_collapsed_(std::move(is_collapsed)),
      n_pinned_(std::move(n_pinned)) {
    MOE_CHECK(is_collapsed_.size() == experts_.size());
    for (const std::vector<std::uint16_t>& layer : experts_) {
        MOE_CHECK(!layer.empty());
        std::vector<std::uint16_t>& positions = positions_.emplace_back(n_experts, kNoExpert);
        for (std::size_t i = 0; i < layer.size(); ++i) positions[layer[i]] = static_cast<std::uint16_t>(i);
    }
    n_collapsed_ = static_cast<std::size_t>(std::ranges::count(is_collapsed_, true));
}

std::optional<std::size_t> ExpertArrangement::position_of(std::size_t layer, std::size_t expert) const {
    const std::uint16_t position = positions_[layer][expert];
    if (position == kNoExpert) return std::nullopt;
    return position;
}

std::shared_ptr<const ExpertArrangement> arranged(const TraceSnapshot& trace, const TraceShape& shape,
                                                  const ArrangementChoice& choice, std::stop_token stop) {
    if (choice.is_plain() || shape.n_layers == 0 || shape.n_experts == 0) return nullptr;
    std::vector<std::vector<std::uint16_t>> experts(shape.n_layers);
    std::vector<bool> is_collapsed(shape.n_layers, false);
    std::vector<std::size_t> n_pinned(shape.n_layers, 0);
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
        if (stop.stop_requested()) return nullptr;
        std::vector<std::uint16_t>& order = experts[layer];
        order = sorted_experts(trace, shape.n_experts, layer, choice.sort);
        const auto is_pinned = [&](std::uint16_t e) { return choice.pinned.contains({layer, e}); };
        std::ranges::stable_partition(order, is_pinned);
        n_pinned[layer] = static_cast<std::size_t>(std::ranges::count_if(order, is_pinned));
        std::erase_if(order, [&](std::uint16_t e) {
            return !is_pinned(e) && choice.hidden.contains({layer, e});
        });
        if (order.empty()) order = all_experts(shape.n_experts);
        is_collapsed[layer] = choice.collapsed.contains(layer);
    }
    return std::make_shared<const ExpertArrangement>(std::move(experts), std::move(is_collapsed),
                                                     shape.n_experts, std::move(n_pinned));
}

}  // namespace moe::render
