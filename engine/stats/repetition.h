#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "engine/trace/trace_store.h"

namespace moe {

/// How often neighbouring tokens use the same experts (Jiang et al. 2024, arXiv:2401.04088, table 5).
struct Repetition {
    double first = 0;    ///< same expert in slot 0
    double any = 0;      ///< at least one expert shared
    double overlap = 0;  ///< experts shared / the larger of the two sets
};

/// Experts that two neighbouring tokens share / the larger of their two sets; none if one of them used none. With
/// top-k experts each it is the share of the k that the token before had too, k/E if both drew them uniformly.
std::optional<double> expert_overlap(ExpertsView before, ExpertsView now);

/// Means over the pairs of tokens t - 1 and t, both at positions [first, end); none if there is no pair of
/// tokens that used experts. The positions must be routed.
std::optional<Repetition> repetition(const TraceSnapshot& trace, std::size_t layer, std::size_t first,
                                     std::size_t end);

/// What it is on average when every token draws `top_k` of `n_experts` uniformly without repeats:
/// 1/E, 1 - C(E-k, k) / C(E, k) and k/E. Needs 0 < top_k <= n_experts.
Repetition repetition_null(std::size_t n_experts, std::size_t top_k);

/// The means over pairs that are added one after another.
class RepetitionTally {
  public:
    /// The slots of two neighbouring tokens; a pair of which one used no expert does not count.
    void add(ExpertsView before, ExpertsView now);

    std::optional<Repetition> mean() const;  ///< none if there is no pair
    /// What the mean is on average when every token draws as many of `n_experts` as it used.
    std::optional<Repetition> null(std::size_t n_experts) const;

  private:
    Repetition sum_;
    std::size_t n_pairs_ = 0;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> pairs_by_slots_;
};

}  // namespace moe
