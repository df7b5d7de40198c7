#include "engine/stats/phase_load.h"

#include "engine/base/check.h"

namespace moe {

void RunningPhaseLoad::move_to(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    MOE_CHECK(first <= end && end <= trace.n_routed());
    const TraceShape& shape = trace.shape();
    const bool overlaps = first < end_ && first_ < end && !counts_[0].empty();
    if (!overlaps) {
        n_experts_ = shape.n_experts;
        for (auto& counts : counts_) counts.assign(shape.n_layers * shape.n_experts, 0);
        n_tokens_ = {};
        first_ = end_ = first;
    }
    MOE_CHECK(counts_[0].size() == shape.n_layers * shape.n_experts);
    if (first < first_) change(trace, first, first_, Change::Add);
    if (end > end_) change(trace, end_, end, Change::Add);
    if (first > first_) change(trace, first_, first, Change::Remove);
    if (end < end_) change(trace, end, end_, Change::Remove);
    first_ = first;
    end_ = end;
}

std::span<const std::size_t> RunningPhaseLoad::counts(Phase phase, std::size_t layer) const {
    const std::vector<std::size_t>& counts = counts_[static_cast<std::size_t>(phase)];
    MOE_CHECK((layer + 1) * n_experts_ <= counts.size());
    return std::span(counts).subspan(layer * n_experts_, n_experts_);
}

void RunningPhaseLoad::change(const TraceSnapshot& trace, std::size_t first, std::size_t end, Change change) {
    const std::size_t n_layers = trace.shape().n_layers;
    for (std::size_t position = first; position < end; ++position) {
        const auto phase = static_cast<std::size_t>(trace.token(position).phase);
        n_tokens_[phase] = change == Change::Add ? n_tokens_[phase] + 1 : n_tokens_[phase] - 1;
        for (std::size_t layer = 0; layer < n_layers; ++layer) {
            for (const std::uint16_t expert : trace.experts(position, layer)) {
                if (expert == kNoExpert) continue;
                std::size_t& count = counts_[phase][layer * n_experts_ + expert];
                count = change == Change::Add ? count + 1 : count - 1;
            }
        }
    }
}

}  // namespace moe
