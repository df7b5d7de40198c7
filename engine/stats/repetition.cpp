#include "engine/stats/repetition.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe {
namespace {

std::size_t n_used(ExpertsView experts) {
    return experts.size() - static_cast<std::size_t>(std::ranges::count(experts, kNoExpert));
}

/// Both sets are a handful of experts: comparing all pairs beats sorting.
std::size_t n_shared(ExpertsView a, ExpertsView b) {
    return static_cast<std::size_t>(std::ranges::count_if(a, [b](std::uint16_t expert) {
        return expert != kNoExpert && std::ranges::find(b, expert) != b.end();
    }));
}

/// For a token that draws `one` experts and a neighbour that draws `other`.
Repetition pair_null(std::size_t n_experts, std::size_t one, std::size_t other) {
    const auto experts = static_cast<double>(n_experts);
    // C(E-a, b) / C(E, b) as a product of b factors, which stays between 0 and 1.
    double none_shared = 1.0;
    for (std::size_t slot = 0; slot < other; ++slot) {
        const double left = experts - static_cast<double>(one + slot);
        none_shared *= std::max(left, 0.0) / (experts - static_cast<double>(slot));
    }
    // a b / E experts are shared on average; the larger of a and b cancels out.
    const auto smaller = static_cast<double>(std::min(one, other));
    return {.first = 1.0 / experts, .any = 1.0 - none_shared, .overlap = smaller / experts};
}

Repetition divided(const Repetition& sum, double n) {
    return {.first = sum.first / n, .any = sum.any / n, .overlap = sum.overlap / n};
}

}  // namespace

std::optional<double> expert_overlap(ExpertsView before, ExpertsView now) {
    const auto [fewer, more] = std::minmax({n_used(before), n_used(now)});
    if (fewer == 0) return std::nullopt;
    return static_cast<double>(n_shared(before, now)) / static_cast<double>(more);
}

std::optional<Repetition> repetition(const TraceSnapshot& trace, std::size_t layer, std::size_t first,
                                     std::size_t end) {
    MOE_CHECK(first <= end && end <= trace.n_routed());
    RepetitionTally tally;
    for (std::size_t position = first + 1; position < end; ++position) {
        tally.add(trace.experts(position - 1, layer), trace.experts(position, layer));
    }
    return tally.mean();
}

Repetition repetition_null(std::size_t n_experts, std::size_t top_k) {
    MOE_CHECK(0 < top_k && top_k <= n_experts);
    return pair_null(n_experts, top_k, top_k);
}

void RepetitionTally::add(ExpertsView before, ExpertsView now) {
    const std::optional<double> overlap = expert_overlap(before, now);
    if (!overlap) return;
    ++n_pairs_;
    ++pairs_by_slots_[{n_used(before), n_used(now)}];
    if (now[0] == before[0] && now[0] != kNoExpert) sum_.first += 1.0;
    if (*overlap > 0) sum_.any += 1.0;
    sum_.overlap += *overlap;
}

std::optional<Repetition> RepetitionTally::mean() const {
    if (n_pairs_ == 0) return std::nullopt;
    return divided(sum_, static_cast<double>(n_pairs_));
}

std::optional<Repetition> RepetitionTally::null(std::size_t n_experts) const {
    if (n_pairs_ == 0) return std::nullopt;
    Repetition sum;
    for (const auto& [used, n_pairs] : pairs_by_slots_) {
        const Repetition null = pair_null(n_experts, used.first, used.second);
        const auto n = static_cast<double>(n_pairs);
        sum.first += n * null.first;
        sum.any += n * null.any;
        sum.overlap += n * null.overlap;
    }
    return divided(sum, static_cast<double>(n_pairs_));
}

}  // namespace moe
