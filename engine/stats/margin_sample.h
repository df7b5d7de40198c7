#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// A margin is a near miss where fewer than this share of its layer's margins are smaller.
inline constexpr double kNearMissShare = 0.1;

/// The margins of every layer's router (see RouterCertainty) over tokens that are spread evenly over a run: the
/// yardstick for the margin of one token.
class MarginSample {
  public:
    /// Looks at all routed tokens, or at `n_tokens_max` (>= 1) of them. Reads the scores, which may lie in a file.
    static MarginSample of(const TraceSnapshot& trace, std::size_t n_tokens_max);

    std::size_t n_tokens() const { return n_tokens_; }  ///< looked at
    bool is_whole() const { return is_whole_; }         ///< all of the run were
    /// Nothing where fewer than 20 margins of the layer are known, which measure nothing.
    std::optional<double> median(std::size_t layer) const;
    /// Share of the layer's margins that are smaller than `margin`, equal ones by half: 0 to 1. Nothing as above.
    std::optional<double> share_below(std::size_t layer, double margin) const;

  private:
    const std::vector<double>* margins_of(std::size_t layer) const;

    std::vector<std::vector<double>> by_layer_;  // ascending
    std::size_t n_tokens_ = 0;
    bool is_whole_ = true;
};

}  // namespace moe
