#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// The margins of every layer's router (see RouterCertainty) over tokens that are spread evenly over a run: the
/// yardstick for the margin of one token.
class MarginSample {
  public:
    /// As many tokens place a margin within about 2 %.
    static constexpr std::size_t kTokens = 512;

    /// The positions of all `n_routed` tokens, or of `n_tokens_max` (>= 1) of them.
    static std::vector<std::size_t> spread(std::size_t n_routed, std::size_t n_tokens_max);
    /// Looks at that spread of a run. Reads the scores, which may lie in a file.
    static MarginSample of(const TraceSnapshot& trace, std::size_t n_tokens_max);

    /// Takes in the margins of one more token; `position` is routed. All traces have one shape.
    void add(const TraceSnapshot& trace, std::size_t position);

    std::size_t n_tokens() const { return n_tokens_; }  ///< looked at
    /// Nothing where fewer than 20 margins of the layer are known, which measure nothing.
    std::optional<double> median(std::size_t layer) const;
    /// Share of the layer's margins that are smaller than `margin`, equal ones by half: 0 to 1. Nothing as above.
    std::optional<double> share_below(std::size_t layer, double margin) const;
    /// Whether `margin` is among the smallest tenth of its layer's; not where that is unknown.
    bool is_near_miss(std::size_t layer, double margin) const;

  private:
    const std::vector<double>* margins_of(std::size_t layer) const;

    std::vector<std::vector<double>> by_layer_;  // ascending
    std::size_t n_tokens_ = 0;
};

}  // namespace moe
