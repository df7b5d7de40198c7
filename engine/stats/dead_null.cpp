#include "engine/stats/dead_null.h"

#include <cmath>

#include "engine/base/check.h"

namespace moe {

double dead_null(const UniformRouting& routing) {
    MOE_CHECK(routing.top_k <= routing.n_experts);
    if (routing.n_tokens == 0 || routing.top_k == 0 || routing.top_k == routing.n_experts) return 0.0;
    const auto n = static_cast<double>(routing.n_tokens);
    const double p = static_cast<double>(routing.top_k) / static_cast<double>(routing.n_experts);
    double log_probability = n * std::log1p(-p);  // of a load of 0, then of 1, ...
    double below = 0.0;
    // share < 0.1 / E, in whole numbers
    for (std::size_t load = 0; 10 * load * routing.n_experts < routing.n_tokens * routing.top_k; ++load) {
        below += std::exp(log_probability);
        log_probability += std::log((n - static_cast<double>(load)) / static_cast<double>(load + 1)) +
                           std::log(p) - std::log1p(-p);
    }
    return below * static_cast<double>(routing.n_experts);
}

}  // namespace moe
