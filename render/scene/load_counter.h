#pragma once

#include <cstddef>
#include <vector>

#include "engine/stats/expert_load.h"
#include "engine/trace/trace_store.h"

namespace moe::render {

/// Counts token-slots of all layers over a range of tokens: [layer * n_experts + expert]. Whole blocks of
/// tokens are counted once and kept as running totals while the same chunks are shown, so that a range of any
/// length costs two partial blocks.
class LoadCounter {
  public:
    /// Tokens [first, end) of those with routing.
    ExpertCounts count(const TraceSnapshot& trace, std::size_t first, std::size_t end);

    /// Counts blocks of the run counted last that nobody asked for yet, of at most so many slots; what is
    /// left of `most_values` is written back. False while there are more.
    bool count_ahead(std::size_t& most_values);

  private:
    static constexpr std::size_t kBlockTokens = 16 * kChunkTokens;

    void forget_changed_blocks(const TraceSnapshot& trace);
    const ExpertCounts& total_before_block(const TraceSnapshot& trace, std::size_t block);

    TraceSnapshot trace_;               // keeps the counted chunks, so that an address stays its chunk's
    std::vector<ExpertCounts> totals_;  // totals_[i]: tokens [0, i * kBlockTokens)
};

}  // namespace moe::render
