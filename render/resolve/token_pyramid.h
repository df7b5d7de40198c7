#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "render/resolve/column_sums.h"
#include "render/resolve/index_range.h"

namespace moe::render {

/// Values of a chunk that have to be read to know one kind of value.
std::size_t values_of_chunk(const TraceShape& shape, HeatmapValue value);

/// How many values of a trace a frame may still read to make sums that are not there yet.
struct ReadBudget {
    std::size_t n_values_left = std::numeric_limits<std::size_t>::max();
};

/// Sums of 64, 256, 1,024 ... 65,536 neighbouring tokens of one run, made when first asked for or ahead of
/// it, and kept while the same chunks are shown; a growing run only adds to them. A row of a folded picture
/// then costs a few kept sums and, where it is not a multiple of 64 tokens, less than 64 single ones at
/// either end. Memory: 1/48 of a byte a cell for maxima, 1/16 for sums.
class TokenPyramid {
  public:
    explicit TokenPyramid(const SumQuestion& question) : question_(question) {}

    /// Says what comes; drops the sums of chunks that `trace` does not have. The answers of all calls until
    /// the next one are of this trace.
    void use(const TraceSnapshot& trace);

    /// The pieces that make up `tokens`, all routed, in rising order. False where the budget did not allow
    /// all of them: the next call goes on from there.
    bool split(IndexRange tokens, ReadBudget& budget, std::vector<SumPart>& parts);

    /// Sums up `tokens`, all routed. False where the budget did not allow it: the next call goes on from
    /// there.
    bool sum_up(IndexRange tokens, ReadBudget& budget, RowSums& sums);

    /// Makes what was not asked for yet: maxima of all levels, sums of those that rows asked for and coarser
    /// ones. False where the budget did not allow all. Of values that
    /// every expert has none are made: that would read the whole of a run that nobody may look at.
    bool make_ahead(ReadBudget& budget);

  private:
    static constexpr std::size_t kLevels = 6;
    static std::size_t tokens_of(std::size_t level) { return kChunkTokens << (2 * level); }
    bool make(std::size_t level, std::size_t index, ReadBudget& budget);
    ColumnSums made(std::size_t level, std::size_t index);
    std::size_t level_at(std::size_t token, std::size_t end) const;

    SumQuestion question_;
    TraceSnapshot trace_;  // keeps its chunks, so that a chunk's address stays its own
    std::vector<std::vector<ColumnSums>> levels_{kLevels};  // empty = not made
    std::vector<std::size_t> n_made_ =
        std::vector<std::size_t>(kLevels);  // from the beginning, by make_ahead
    std::size_t finest_asked_ = kLevels;  // level of a node that a row was summed up from
    RowSums scratch_;
    std::vector<SumPart> parts_;                            // of the row at work
};

/// The pyramids of the pictures drawn last.
class TokenPyramids {
  public:
    /// Of what is asked now; used for `trace`.
    TokenPyramid& of(const SumQuestion& question, const TraceSnapshot& trace);
    /// Makes sums of all of them, see TokenPyramid::make_ahead.
    bool make_ahead(ReadBudget& budget);
    /// Drops those that nobody asked for since the last call.
    void forget_unused();

  private:
    struct Entry {
        SumQuestion question;
        std::unique_ptr<TokenPyramid> pyramid;
        bool is_used = true;
    };
    std::vector<Entry> entries_;
};

}  // namespace moe::render
