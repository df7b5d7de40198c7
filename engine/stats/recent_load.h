#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/stats/load_null.h"
#include "engine/trace/trace_store.h"

namespace moe {

/// How many tokens a load entropy looks back over, its own among them. A run's first tokens have fewer.
inline constexpr std::size_t kRecentTokens = 64;

/// Where a curve of it begins: the first tokens of a long run have few before them, and would set its scale.
constexpr std::size_t first_with_recent_tokens(std::size_t n_tokens) {
    return n_tokens < 8 * kRecentTokens ? 0 : kRecentTokens - 1;
}

/// The loads of a layer's experts over the newest kRecentTokens tokens, which are added one after another. It
/// needs no scores: where a trace has only the chosen experts, its entropy stands for the routers'.
class RecentLoad {
  public:
    RecentLoad(std::size_t n_experts, std::size_t top_k);

    void add(ExpertsView experts);  ///< [top_k]; kNoExpert: an unused slot
    ExpertsView newest() const;     ///< of the token that was added last; empty before the first

    /// H(load share) / ln E over the recent tokens, 0 to 1, as LoadBalance::normalized_entropy. None for one
    /// expert or where no slot was used. The same to the bit whatever was added before those tokens.
    std::optional<double> entropy() const;

  private:
    void change(std::uint16_t expert, int by);

    std::size_t top_k_;
    std::vector<std::uint16_t> recent_;  // [kRecentTokens, top_k], the oldest one is written over
    std::size_t n_added_ = 0;
    std::vector<std::uint32_t> counts_;  // [n_experts]
    std::uint32_t n_slots_ = 0;
    std::int64_t sum_ = 0;  // of count ln count, in whole steps, so that adding and taking away leaves no trace
};

/// What that entropy is on average if all of `routing.n_tokens` tokens chose uniformly: exact up to rounding,
/// because the load of each expert is binomial (n_tokens, top_k / n_experts). None for one expert or without
/// slots.
std::optional<double> load_entropy_null(const UniformRouting& routing);

}  // namespace moe
