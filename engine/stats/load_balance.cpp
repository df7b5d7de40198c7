#include "engine/stats/load_balance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace moe {
namespace {

/// sum_i (2i - n - 1) x_(i) / (n sum x), i from 1 over ascending x.
double gini_of(std::span<const std::size_t> counts, double total) {
    std::vector<std::size_t> ascending(counts.begin(), counts.end());
    std::ranges::sort(ascending);
    const auto n = static_cast<double>(ascending.size());
    double sum = 0.0;
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        sum += (2.0 * static_cast<double>(i + 1) - n - 1.0) * static_cast<double>(ascending[i]);
    }
    return sum / (n * total);
}

/// H of the load shares, in nats.
double entropy_of(std::span<const std::size_t> counts, double total) {
    double entropy = 0.0;
    for (const std::size_t count : counts) {
        if (count == 0) continue;
        const double share = static_cast<double>(count) / total;
        entropy -= share * std::log(share);
    }
    return std::max(entropy, 0.0);
}

}  // namespace

std::optional<LoadBalance> load_balance(std::span<const std::size_t> counts) {
    const std::size_t n_slots = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    if (n_slots == 0) return std::nullopt;
    const auto total = static_cast<double>(n_slots);
    const auto n_experts = static_cast<double>(counts.size());
    const double mean = total / n_experts;

    LoadBalance balance;
    double squares = 0.0;
    for (const std::size_t count : counts) {
        const double deviation = static_cast<double>(count) - mean;
        squares += deviation * deviation;
        // share < 0.1 / E, in whole numbers
        if (10 * count * counts.size() < n_slots) ++balance.n_dead;
    }
    balance.max_violation = static_cast<double>(*std::ranges::max_element(counts)) / mean - 1.0;
    balance.cv = std::sqrt(squares / n_experts) / mean;
    balance.gini = gini_of(counts, total);
    const double entropy = entropy_of(counts, total);
    if (counts.size() > 1) balance.normalized_entropy = entropy / std::log(n_experts);
    balance.effective_experts = std::exp(entropy);
    return balance;
}

}  // namespace moe
