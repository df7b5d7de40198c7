#include "render/scene/uniform_load.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace moe::render {
namespace {

// P(X = first + i) of a binomial, over the counts that matter.
struct Distribution {
    std::size_t first = 0;
    std::vector<double> probability;
};

Distribution binomial(std::size_t n, double p) {
    const double mean = static_cast<double>(n) * p;
    const double reach = 12.0 * std::sqrt(mean * (1.0 - p)) + 20.0;
    Distribution result;
    result.first = static_cast<std::size_t>(std::max(0.0, std::floor(mean - reach)));
    const auto last = std::min(n, static_cast<std::size_t>(std::ceil(mean + reach)));
    const auto size = static_cast<double>(n);
    for (std::size_t i = result.first; i <= last; ++i) {
        const auto count = static_cast<double>(i);
        const double log_ways = std::lgamma(size + 1) - std::lgamma(count + 1) - std::lgamma(size - count + 1);
        result.probability.push_back(std::exp(log_ways + count * std::log(p) + (size - count) * std::log1p(-p)));
    }
    return result;
}

}  // namespace

UniformLoad uniform_load(std::size_t n_tokens, std::size_t n_experts, std::size_t top_k) {
    UniformLoad load;
    if (n_experts == 0) return load;
    const double p = std::min(1.0, static_cast<double>(top_k) / static_cast<double>(n_experts));
    load.fair = static_cast<double>(n_tokens) * p;
    if (n_tokens == 0 || p <= 0.0 || p >= 1.0) {
        load.low = load.high = load.largest_high = load.fair;
        return load;
    }
    const Distribution one = binomial(n_tokens, p);
    load.low = load.high = load.largest_high = -1.0;
    double below = 0.0;          // P(X <= count)
    double mean_largest = static_cast<double>(one.first);  // sum over counts of P(largest > count)
    for (std::size_t i = 0; i < one.probability.size(); ++i) {
        const auto count = static_cast<double>(one.first + i);
        below = std::min(1.0, below + one.probability[i]);
        const double largest_below = std::pow(below, static_cast<double>(n_experts));
        if (load.low < 0.0 && below >= 0.025) load.low = count;
        if (load.high < 0.0 && below >= 0.975) load.high = count;
        if (load.largest_high < 0.0 && largest_below >= 0.975) load.largest_high = count;
        mean_largest += 1.0 - largest_below;
    }
    load.max_violation = mean_largest / load.fair - 1.0;
    return load;
}

}  // namespace moe::render
