#include "app/docks/load_by_rank.h"

#include <algorithm>

namespace moe::app {

std::optional<std::size_t> LoadByRank::rank_of(std::size_t expert) const {
    const auto found = std::ranges::find(loads, expert, &RankedLoad::expert);
    if (found == loads.end()) return std::nullopt;
    return static_cast<std::size_t>(found - loads.begin());
}

std::optional<LoadByRank> load_by_rank(const BalanceModel& model, std::size_t layer) {
    const auto row = std::ranges::find(model.rows, layer, &BalanceRow::layer);
    if (row == model.rows.end()) return std::nullopt;
    LoadByRank ranked{.layer = layer, .layer_name = row->name, .n_tokens = model.n_tokens};
    for (std::size_t expert = 0; expert < row->counts.size(); ++expert)
        ranked.loads.push_back({.expert = expert, .load = row->counts[expert]});
    std::ranges::stable_sort(ranked.loads, std::ranges::greater{}, &RankedLoad::load);
    ranked.limits =
        load_limits({.n_tokens = model.n_tokens, .n_experts = model.n_experts, .top_k = model.top_k});
    return ranked;
}

}  // namespace moe::app
