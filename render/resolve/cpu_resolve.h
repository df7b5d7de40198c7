#pragma once

#include <cstdint>
#include <span>

#include "render/resolve/resolver.h"

namespace moe::render {

/// Resolves on the calling thread. Work is proportional to the pixels: folded rows are read through the sums
/// of a TokenPyramid, and rows that were on the last picture too are copied from it.
class CpuResolve : public Resolver {
  public:
    bool resolve(const TraceSnapshot& trace, const ResolveRequest& request, TokenPyramids& pyramids,
                 ReadBudget& budget, CodeImage& image) override;

  private:
    bool resolve_line(std::size_t y, std::span<std::uint8_t> line, ReadBudget& budget);
    bool copy_answered_line(IndexRange tokens, std::span<std::uint8_t> line);
    bool find_shares(ReadBudget& budget);
    void find_order();
    std::uint64_t sum_of(const RowSums& sums, IndexRange columns) const;
    std::uint8_t largest_code(IndexRange columns) const;
    std::uint8_t mean_code(IndexRange columns, std::size_t n_tokens) const;

    const TraceSnapshot* trace_ = nullptr;  // of the call at work
    const ResolveRequest* request_ = nullptr;
    TokenPyramid* pyramid_ = nullptr;
    std::vector<std::size_t> order_;  // column (layer * n_experts + expert) of each position; empty: itself
    RowSums row_sums_;
    RowSums run_sums_;  // of the whole run, for differences
    // What was answered last, its rows in rising order. `n_same_` of its tokens are those of the call at
    // work.
    ResolveRequest answered_;
    CodeImage answer_;
    TraceSnapshot answered_trace_;
    std::size_t n_same_ = 0;
    std::size_t next_answered_row_ = 0;
};

}  // namespace moe::render
