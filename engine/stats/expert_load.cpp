#include "engine/stats/expert_load.h"

#include <algorithm>
#include <numeric>

#include "engine/base/check.h"

namespace moe {

ExpertCounts tokens_per_expert(const TraceSnapshot& trace, std::size_t layer, std::size_t first,
                               std::size_t end) {
    MOE_CHECK(first <= end && end <= trace.n_routed());
    ExpertCounts counts(trace.shape().n_experts);
    for (std::size_t position = first; position < end; ++position) {
        for (const std::uint16_t expert : trace.experts(position, layer)) {
            if (expert != kNoExpert) ++counts[expert];
        }
    }
    return counts;
}

std::vector<double> load_share(std::span<const std::size_t> counts) {
    const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    std::vector<double> shares(counts.size());
    if (total == 0) return shares;
    for (std::size_t expert = 0; expert < counts.size(); ++expert) {
        shares[expert] = static_cast<double>(counts[expert]) / static_cast<double>(total);
    }
    return shares;
}

void RunningLoad::move_to(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    MOE_CHECK(first <= end && end <= trace.n_routed());
    const TraceShape& shape = trace.shape();
    const bool overlaps = first < end_ && first_ < end && !counts_.empty();
    if (!overlaps) {
        n_experts_ = shape.n_experts;
        counts_.assign(shape.n_layers * shape.n_experts, 0);
        first_ = end_ = first;
    }
    MOE_CHECK(counts_.size() == shape.n_layers * shape.n_experts);
    if (first < first_) change(trace, first, first_, Change::Add);
    if (end > end_) change(trace, end_, end, Change::Add);
    if (first > first_) change(trace, first_, first, Change::Remove);
    if (end < end_) change(trace, end, end_, Change::Remove);
    first_ = first;
    end_ = end;
}

std::span<const std::size_t> RunningLoad::counts(std::size_t layer) const {
    MOE_CHECK((layer + 1) * n_experts_ <= counts_.size());
    return std::span(counts_).subspan(layer * n_experts_, n_experts_);
}

void RunningLoad::change(const TraceSnapshot& trace, std::size_t first, std::size_t end, Change change) {
    const TraceShape& shape = trace.shape();
    const std::size_t row = shape.n_layers * shape.top_k;
    for (std::size_t position = first; position < end;) {
        const TraceChunk& chunk = trace.chunk_of(position);
        const std::size_t stop = std::min(end, chunk.end_token());
        for (; position < stop; ++position) {
            const ExpertsView experts =
                chunk.experts.view().subview((position - chunk.first_token) * row, row);
            for (std::size_t index = 0; index < row; ++index) {
                if (experts[index] == kNoExpert) continue;
                std::size_t& count = counts_[index / shape.top_k * n_experts_ + experts[index]];
                count = change == Change::Add ? count + 1 : count - 1;
            }
        }
    }
}

}  // namespace moe
