#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/thread_pool.h"
#include "render/resolve/resolver.h"

namespace moe::render {

/// Resolves on threads of the processor, a row a task. Work is proportional to the pixels: folded rows are
/// read through the sums of a TokenPyramid, and rows that were on the last picture too are copied from it.
class CpuResolve : public Resolver {
  public:
    /// Without a pool all work is done on the calling thread. Borrows it.
    explicit CpuResolve(ThreadPool* pool = nullptr) : pool_(pool) {}

    bool resolve(const TraceSnapshot& trace, const ResolveRequest& request, TokenPyramids& pyramids,
                 ReadBudget& budget, CodeImage& image) override;

  private:
    // A row that has to be summed up, its pieces known.
    struct LineTask {
        std::size_t y = 0;
        std::vector<SumPart> parts;
    };
    bool plan_lines(CodeImage& image, ReadBudget& budget);
    // What a thread needs for it.
    struct LineSums {
        RowSums sums;
        std::vector<std::uint8_t> ordered_codes;
    };
    void resolve_line(const LineTask& task, LineSums& sums, CodeImage& image) const;
    void resolve_lines(CodeImage& image);
    bool copy_answered_line(IndexRange tokens, std::span<std::uint8_t> line);
    bool find_shares(ReadBudget& budget);
    void find_order();
    void fold_codes(std::span<const std::uint8_t> codes, std::vector<std::uint8_t>& ordered_codes,
                    std::span<std::uint8_t> line) const;
    std::uint64_t sum_of(const RowSums& sums, IndexRange columns) const;
    std::uint8_t largest_code(const RowSums& sums, IndexRange columns) const;
    std::uint8_t mean_code(const RowSums& sums, IndexRange columns, std::size_t n_tokens) const;

    ThreadPool* pool_;
    const TraceSnapshot* trace_ = nullptr;  // of the call at work
    const ResolveRequest* request_ = nullptr;
    TokenPyramid* pyramid_ = nullptr;
    std::vector<std::size_t> order_;  // column (layer * n_experts + expert) of each position; empty: itself
    std::vector<LineTask> tasks_;
    std::size_t n_tasks_ = 0;                                      // of those, in the call at work
    std::vector<std::pair<std::size_t, std::size_t>> same_lines_;  // a line and the one above that it repeats
    std::vector<LineSums> line_sums_;                              // of each thread
    RowSums run_sums_;                                             // of the whole run, for differences
    // What was answered last, its rows in rising order. `n_same_` of its tokens are those of the call at
    // work.
    ResolveRequest answered_;
    CodeImage answer_;
    TraceSnapshot answered_trace_;
    std::size_t n_same_ = 0;
    std::size_t next_answered_row_ = 0;
};

}  // namespace moe::render
