#include "engine/stats/repetition.h"

#include <algorithm>
#include <span>

#include "engine/base/check.h"

namespace moe {
namespace {

using Experts = std::span<const std::uint16_t>;

std::size_t n_used(Experts experts) {
    return experts.size() - static_cast<std::size_t>(std::ranges::count(experts, kNoExpert));
}

/// Both sets are a handful of experts: comparing all pairs beats sorting.
std::size_t n_shared(Experts a, Experts b) {
    return static_cast<std::size_t>(std::ranges::count_if(a, [b](std::uint16_t expert) {
        return expert != kNoExpert && std::ranges::find(b, expert) != b.end();
    }));
}

}  // namespace

std::optional<Repetition> repetition(const TraceSnapshot& trace, std::size_t layer, std::size_t first,
                                     std::size_t end) {
    MOE_CHECK(first <= end && end <= trace.n_routed());
    Repetition sum;
    std::size_t n_pairs = 0;
    for (std::size_t position = first + 1; position < end; ++position) {
        const Experts before = trace.experts(position - 1, layer);
        const Experts now = trace.experts(position, layer);
        const std::size_t larger_set = std::max(n_used(before), n_used(now));
        if (n_used(before) == 0 || n_used(now) == 0) continue;
        ++n_pairs;
        const std::size_t shared = n_shared(before, now);
        if (now[0] == before[0] && now[0] != kNoExpert) sum.first += 1.0;
        if (shared > 0) sum.any += 1.0;
        sum.overlap += static_cast<double>(shared) / static_cast<double>(larger_set);
    }
    if (n_pairs == 0) return std::nullopt;
    const auto n = static_cast<double>(n_pairs);
    return Repetition{.first = sum.first / n, .any = sum.any / n, .overlap = sum.overlap / n};
}

Repetition repetition_null(std::size_t n_experts, std::size_t top_k) {
    MOE_CHECK(0 < top_k && top_k <= n_experts);
    const auto experts = static_cast<double>(n_experts);
    // C(E-k, k) / C(E, k) as a product of k factors, which stays between 0 and 1.
    double none_shared = 1.0;
    for (std::size_t slot = 0; slot < top_k; ++slot) {
        const double left = experts - static_cast<double>(top_k + slot);
        none_shared *= std::max(left, 0.0) / (experts - static_cast<double>(slot));
    }
    return {
        .first = 1.0 / experts, .any = 1.0 - none_shared, .overlap = static_cast<double>(top_k) / experts};
}

}  // namespace moe
