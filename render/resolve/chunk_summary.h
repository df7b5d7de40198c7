#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/trace/trace_store.h"
#include "render/scene/view_state.h"

namespace moe::render {

/// Values of neighbouring tokens summed up for each column (layer * n_experts + expert). A mean is kept
/// as an integer sum, so that the order of adding does not matter.
struct ColumnSums {
    static constexpr std::uint64_t kOne = 65535;  ///< the sum's unit: a value of 1.0

    std::vector<std::uint8_t> max_code;  ///< Fold::Max; 0 = never chosen
    std::vector<std::uint64_t> sum;      ///< Fold::Mean

    /// Nothing yet, for `n_columns` columns.
    void clear(Fold fold, std::size_t n_columns);
    /// Takes in what other tokens of the same trace gave.
    void add(const ColumnSums& other);
    /// Takes in routed tokens [first, end), all in one chunk.
    void add_tokens(const TraceSnapshot& trace, HeatmapValue value, std::size_t first, std::size_t end);
};

/// Sums of whole chunks, made when first asked for and kept while the same chunks are shown: scrolling
/// over a long, folded run then reads a 64th of it. Holds the snapshot that its chunks belong to, so
/// that a chunk's address stays its own.
class ChunkSummaries {
  public:
    /// Says what comes; drops the sums of chunks that `trace` does not have.
    void use(const TraceSnapshot& trace, HeatmapValue value, Fold fold);

    /// The sums of the full chunk that begins at token `first`.
    const ColumnSums& of_chunk(std::size_t first);

  private:
    struct Entry {
        const TraceChunk* chunk = nullptr;
        ColumnSums sums;
    };
    TraceSnapshot trace_;
    HeatmapValue value_ = HeatmapValue::AppliedWeight;
    Fold fold_ = Fold::Max;
    std::vector<Entry> entries_;  // by position / kChunkTokens
};

}  // namespace moe::render
