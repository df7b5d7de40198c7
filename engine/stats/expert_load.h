#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// Token-slots that each expert of a layer received, [n_experts].
using ExpertCounts = std::vector<std::size_t>;

/// Loads of the tokens at positions [first, end), which must be routed. Unused slots count for nobody.
ExpertCounts tokens_per_expert(const TraceSnapshot& trace, std::size_t layer, std::size_t first,
                               std::size_t end);

/// Each load divided by their sum, so that the shares sum to 1; all 0 where nothing was received.
std::vector<double> load_share(std::span<const std::size_t> counts);

/// The loads of all layers over a range that moves a little from frame to frame: a move costs as much as
/// the tokens that enter and leave. One object watches one run; make a new one for another.
class RunningLoad {
  public:
    /// Moves to positions [first, end) of the run. They must be routed.
    void move_to(const TraceSnapshot& trace, std::size_t first, std::size_t end);

    std::size_t n_tokens() const { return end_ - first_; }
    /// [n_experts] of a layer; valid until the next move.
    std::span<const std::size_t> counts(std::size_t layer) const;

  private:
    enum class Change { Add, Remove };
    void change(const TraceSnapshot& trace, std::size_t first, std::size_t end, Change change);

    std::vector<std::size_t> counts_;  // [layer, expert]
    std::size_t n_experts_ = 0;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
};

}  // namespace moe
