#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// Where a margin stands among those of its layer.
struct MarginRank {
    std::size_t rank = 1;       ///< 1: none is smaller
    std::size_t n_margins = 0;  ///< of the layer
    bool operator==(const MarginRank&) const = default;
};

/// The margins of every layer's router (see RouterCertainty) over tokens that are spread evenly over a run:
/// the yardstick for the margin of one token.
class MarginSample {
  public:
    /// As many tokens place a margin within about 2 %.
    static constexpr std::size_t kTokens = 512;
    static constexpr std::size_t kFewestMargins = 20;  ///< fewer of a layer measure nothing

    /// The positions of all `n_routed` tokens, or of `n_tokens_max` (>= 1) of them.
    static std::vector<std::size_t> spread(std::size_t n_routed, std::size_t n_tokens_max);
    /// Looks at that spread of a run. Reads the scores, which may lie in a file.
    static MarginSample of(const TraceSnapshot& trace, std::size_t n_tokens_max);

    /// Takes in the margins of one more token; `position` is routed. All traces have one shape.
    void add(const TraceSnapshot& trace, std::size_t position);

    std::size_t n_tokens() const { return n_tokens_; }  ///< looked at
    /// Nothing where fewer than kFewestMargins of the layer are known.
    std::optional<double> median(std::size_t layer) const;
    /// Share of the layer's margins that are smaller than `margin`, equal ones by half: 0 to 1. Nothing as
    /// above.
    std::optional<double> share_below(std::size_t layer, double margin) const;
    /// By the margins that are smaller. Nothing as above.
    std::optional<MarginRank> rank(std::size_t layer, double margin) const;
    /// Whether `margin` is among the smallest tenth of its layer's; not where that is unknown.
    bool is_near_miss(std::size_t layer, double margin) const;

  private:
    const std::vector<double>* margins_of(std::size_t layer) const;

    std::vector<std::vector<double>> by_layer_;  // ascending
    std::size_t n_tokens_ = 0;
};

}  // namespace moe
