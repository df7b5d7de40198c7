#include "engine/stats/load_limits.h"

#include "engine/base/check.h"

namespace moe {

LoadLimits load_limits(const UniformRouting& routing) {
    MOE_CHECK(routing.n_experts > 0);
    const double fair = static_cast<double>(routing.n_tokens * routing.top_k) / static_cast<double>(routing.n_experts);
    if (routing.n_tokens >= kLongRangeTokens) return {.fair = fair, .over_from = 3.0 * fair, .dead_until = 0.1 * fair};
    return {.fair = fair, .over_from = static_cast<double>(load_band(routing).largest), .dead_until = 0.0};
}

}  // namespace moe
