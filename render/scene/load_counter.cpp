#include "render/scene/load_counter.h"

#include <algorithm>

namespace moe::render {
namespace {

void add_slots(const TraceSnapshot& trace, std::size_t first, std::size_t end, ExpertCounts& counts) {
    const TraceShape& shape = trace.shape();
    for (std::size_t token = first; token < end; ++token) {
        const TraceChunk& chunk = trace.chunk_of(token);
        std::size_t slot = (token - chunk.first_token) * shape.n_layers * shape.top_k;
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            for (std::size_t k = 0; k < shape.top_k; ++k, ++slot) {
                const std::uint16_t expert = chunk.experts[slot];
                if (expert != kNoExpert) ++counts[layer * shape.n_experts + expert];
            }
        }
    }
}

}  // namespace

ExpertCounts LoadCounter::count(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    if (!trace.has_shape()) return {};
    const TraceShape& shape = trace.shape();
    end = std::min(end, trace.n_routed());
    ExpertCounts counts(shape.n_layers * shape.n_experts, 0);
    if (first >= end) return counts;

    forget_changed_blocks(trace);
    const std::size_t first_block = (first + kBlockTokens - 1) / kBlockTokens;
    const std::size_t end_block = end / kBlockTokens;
    if (first_block >= end_block) {
        add_slots(trace, first, end, counts);
        return counts;
    }
    const ExpertCounts& until_end = total_before_block(trace, end_block);
    const ExpertCounts& until_first = totals_[first_block];
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = until_end[i] - until_first[i];
    add_slots(trace, first, first_block * kBlockTokens, counts);
    add_slots(trace, end_block * kBlockTokens, end, counts);
    return counts;
}

bool LoadCounter::count_ahead(std::size_t& most_values) {
    const std::size_t n_blocks = trace_.n_routed() / kBlockTokens;
    while (trace_.has_shape() && totals_.size() <= n_blocks) {
        if (most_values == 0) return false;
        const TraceShape& shape = trace_.shape();
        most_values -= std::min(most_values, kBlockTokens * shape.n_layers * shape.top_k);
        total_before_block(trace_, totals_.size());
    }
    return true;
}

void LoadCounter::forget_changed_blocks(const TraceSnapshot& trace) {
    if (trace_.has_same_routing(trace)) return;
    const std::size_t n_blocks = trace_.n_shared_routed(trace) / kBlockTokens;
    totals_.resize(std::min(totals_.size(), n_blocks + 1));
    if (n_blocks == 0) totals_.assign(1, ExpertCounts(trace.shape().n_layers * trace.shape().n_experts, 0));
    trace_ = trace;
}

const ExpertCounts& LoadCounter::total_before_block(const TraceSnapshot& trace, std::size_t block) {
    while (totals_.size() <= block) {
        ExpertCounts total = totals_.back();
        const std::size_t first = (totals_.size() - 1) * kBlockTokens;
        add_slots(trace, first, first + kBlockTokens, total);
        totals_.push_back(std::move(total));
    }
    return totals_[block];
}

}  // namespace moe::render
