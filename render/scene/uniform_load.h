#pragma once

#include <cstddef>

namespace moe::render {

/// What loads look like if routing were uniform: each of `n_tokens` tokens picks `top_k` of `n_experts`
/// experts with equal chance, so one expert's load is binomial with p = top_k / n_experts. Experts are
/// taken as independent, which makes the largest load a little too large.
struct UniformLoad {
    double fair = 0.0;            ///< mean load, n_tokens * top_k / n_experts
    double low = 0.0;             ///< 2.5 % quantile of one expert's load
    double high = 0.0;            ///< 97.5 % quantile of one expert's load
    double largest_high = 0.0;    ///< 97.5 % quantile of the largest load
    double max_violation = 0.0;   ///< of the mean largest load: that / fair - 1
};

UniformLoad uniform_load(std::size_t n_tokens, std::size_t n_experts, std::size_t top_k);

}  // namespace moe::render
