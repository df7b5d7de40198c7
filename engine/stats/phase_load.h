#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// The loads of all layers over a range that moves, prefill and decode apart. As RunningLoad, a move costs as
/// much as the tokens that enter and leave. One object watches one run; make a new one for another.
class RunningPhaseLoad {
  public:
    /// Moves to positions [first, end) of the run. They must be routed.
    void move_to(const TraceSnapshot& trace, std::size_t first, std::size_t end);

    std::size_t n_tokens(Phase phase) const { return n_tokens_[static_cast<std::size_t>(phase)]; }
    /// [n_experts] of a layer; valid until the next move.
    std::span<const std::size_t> counts(Phase phase, std::size_t layer) const;

  private:
    enum class Change { Add, Remove };
    void change(const TraceSnapshot& trace, std::size_t first, std::size_t end, Change change);

    std::array<std::vector<std::size_t>, 2> counts_;  // by phase: [layer, expert]
    std::array<std::size_t, 2> n_tokens_{};
    std::size_t n_experts_ = 0;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
};

}  // namespace moe
