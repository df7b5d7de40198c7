#include "render/resolve/cell_values.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/stats/router_entropy.h"
#include "render/scene/heatmap_value.h"

namespace moe::render {

CellReader::CellReader(const TraceSnapshot& trace, HeatmapValue value) : trace_(trace), value_(value) {
    if (trace.has_shape()) ranked_.resize(trace.shape().n_experts);
}

std::span<const CellValue> CellReader::cells(std::size_t token, std::size_t layer) {
    cells_.clear();
    switch (value_) {
        case HeatmapValue::Score:
            read_scores(token, layer);
            break;
        case HeatmapValue::Rank:
            read_ranks(token, layer);
            break;
        case HeatmapValue::Margin:
            read_margins(token, layer);
            break;
        case HeatmapValue::Entropy:
            read_entropy(token, layer);
            break;
        case HeatmapValue::AppliedWeight:
        case HeatmapValue::Selected:
        case HeatmapValue::LoadDifference:
            read_slots(token, layer);
            break;
    }
    return cells_;
}

void CellReader::read_slots(std::size_t token, std::size_t layer) {
    const auto experts = trace_.experts(token, layer);
    const auto weights = trace_.weights(token, layer);
    const bool is_weighted = value_ == HeatmapValue::AppliedWeight;
    for (std::size_t slot = 0; slot < experts.size(); ++slot) {
        if (experts[slot] != kNoExpert) cells_.push_back({experts[slot], is_weighted ? weights[slot] : 1.0f});
    }
}

void CellReader::read_scores(std::size_t token, std::size_t layer) {
    if (!trace_.scores(token, layer, ranked_)) return;
    for (std::size_t expert = 0; expert < ranked_.size(); ++expert)
        cells_.push_back({static_cast<std::uint16_t>(expert), ranked_[expert]});
}

// Chosen experts have the rank of their slot; the others come in the order of what was ranked, ties to the
// lower index as in the router.
void CellReader::read_ranks(std::size_t token, std::size_t layer) {
    const std::size_t n_experts = trace_.shape().n_experts;
    const auto chosen = trace_.experts(token, layer);
    is_chosen_.assign(n_experts, false);
    for (std::size_t slot = 0; slot < chosen.size(); ++slot) {
        if (chosen[slot] == kNoExpert) continue;
        is_chosen_[chosen[slot]] = true;
        cells_.push_back({chosen[slot], value_from_rank(slot + 1, n_experts)});
    }
    if (!trace_.selection(token, layer, ranked_)) return;
    order_.resize(n_experts);
    std::iota(order_.begin(), order_.end(), std::uint16_t{0});
    std::ranges::sort(order_, [&](std::uint16_t a, std::uint16_t b) {
        return ranked_[a] > ranked_[b] || (ranked_[a] == ranked_[b] && a < b);
    });
    for (std::size_t i = 0; i < n_experts; ++i) {
        if (!is_chosen_[order_[i]]) cells_.push_back({order_[i], value_from_rank(i + 1, n_experts)});
    }
}

void CellReader::read_entropy(std::size_t token, std::size_t layer) {
    const auto certainty = router_certainty(trace_, token, layer);
    if (!certainty || !certainty->entropy) return;
    const double share = *certainty->entropy / std::log(static_cast<double>(ranked_.size()));
    for (std::size_t expert = 0; expert < ranked_.size(); ++expert)
        cells_.push_back({static_cast<std::uint16_t>(expert), static_cast<float>(share)});
}

void CellReader::read_margins(std::size_t token, std::size_t layer) {
    if (!trace_.selection(token, layer, ranked_)) return;
    const std::size_t n_experts = ranked_.size();
    is_chosen_.assign(n_experts, false);
    float last_chosen = std::numeric_limits<float>::infinity();
    for (const std::uint16_t expert : trace_.experts(token, layer)) {
        if (expert == kNoExpert) continue;
        is_chosen_[expert] = true;
        last_chosen = std::min(last_chosen, ranked_[expert]);
    }
    float best_other = -std::numeric_limits<float>::infinity();
    for (std::size_t expert = 0; expert < n_experts; ++expert) {
        if (!is_chosen_[expert]) best_other = std::max(best_other, ranked_[expert]);
    }
    for (std::size_t expert = 0; expert < n_experts; ++expert) {
        const float cut = is_chosen_[expert] ? best_other : last_chosen;
        const float margin = std::clamp(ranked_[expert] - cut, -1.0f, 1.0f);
        cells_.push_back({static_cast<std::uint16_t>(expert), margin});
    }
}

}  // namespace moe::render
