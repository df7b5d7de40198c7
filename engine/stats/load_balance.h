#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace moe {

/// How far loads are from being equal. The formulas are those of FORMATS.md section 4.
struct LoadBalance {
    double max_violation = 0;  ///< largest load / mean load - 1; 0 when equal, n_experts / top_k - 1 at most
    double cv = 0;             ///< population standard deviation / mean
    double gini = 0;           ///< 0 when equal, (E - 1) / E when one expert has all
    std::optional<double> normalized_entropy;  ///< H(load share) / ln E, 1 when equal; none for one expert
    double effective_experts = 0;              ///< exp H: so many equally loaded experts have this entropy
    std::size_t n_dead = 0;                    ///< experts with less than a tenth of the fair share
};

/// Of the loads of a layer, [n_experts]; none if nothing was received.
std::optional<LoadBalance> load_balance(std::span<const std::size_t> counts);

}  // namespace moe
