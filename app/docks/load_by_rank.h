#pragma once

#include "app/docks/balance_model.h"
#include "engine/stats/load_limits.h"

namespace moe::app {

struct RankedLoad {
    std::size_t expert = 0;
    std::size_t load = 0;  ///< tokens that chose it
};

/// A layer's experts by their loads.
struct LoadByRank {
    std::size_t layer = 0;  ///< on the trace's layer axis
    QString layer_name = {};
    std::size_t n_tokens = 0;             ///< counted
    std::vector<RankedLoad> loads = {};   ///< [n_experts], the largest first; ties by ascending expert
    LoadLimits limits = {};

    double multiple(std::size_t rank) const { return static_cast<double>(loads[rank].load) / limits.fair; }
    bool is_over(std::size_t rank) const { return static_cast<double>(loads[rank].load) > limits.over_from; }
    bool is_dead(std::size_t rank) const { return static_cast<double>(loads[rank].load) <= limits.dead_until; }
    bool is_long_range() const { return n_tokens >= kLongRangeTokens; }
    std::optional<std::size_t> rank_of(std::size_t expert) const;
};

/// What `model` counted of that layer; none where it counted nothing.
std::optional<LoadByRank> load_by_rank(const BalanceModel& model, std::size_t layer);

}  // namespace moe::app
