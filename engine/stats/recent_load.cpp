#include "engine/stats/recent_load.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/check.h"

namespace moe {
namespace {

constexpr double kSteps = 4294967296.0;  // 2^32 of them are 1

std::int64_t rounded_count_log(std::uint32_t count) {
    if (count < 2) return 0;
    const auto value = static_cast<double>(count);
    return std::llround(value * std::log(value) * kSteps);
}

/// count ln count in steps. An expert has more than kRecentTokens slots only where a token names it twice.
std::int64_t count_log(std::uint32_t count) {
    static const auto kFirst = [] {
        std::array<std::int64_t, kRecentTokens + 1> logs{};
        for (std::uint32_t n = 0; n < logs.size(); ++n) logs[n] = rounded_count_log(n);
        return logs;
    }();
    return count < kFirst.size() ? kFirst[count] : rounded_count_log(count);
}

}  // namespace

RecentLoad::RecentLoad(std::size_t n_experts, std::size_t top_k)
    : top_k_(top_k), recent_(kRecentTokens * top_k, kNoExpert), counts_(n_experts, 0) {}

void RecentLoad::change(std::uint16_t expert, int by) {
    if (expert == kNoExpert) return;
    std::uint32_t& count = counts_[expert];
    sum_ -= count_log(count);
    count += static_cast<std::uint32_t>(by);
    n_slots_ += static_cast<std::uint32_t>(by);
    sum_ += count_log(count);
}

void RecentLoad::add(ExpertsView experts) {
    MOE_CHECK(experts.size() == top_k_);
    std::uint16_t* slots = recent_.data() + n_added_ % kRecentTokens * top_k_;
    for (std::size_t slot = 0; slot < top_k_; ++slot) {
        change(slots[slot], -1);
        slots[slot] = experts[slot];
        change(slots[slot], 1);
    }
    ++n_added_;
}

ExpertsView RecentLoad::newest() const {
    if (n_added_ == 0) return {};
    return {recent_.data() + (n_added_ - 1) % kRecentTokens * top_k_, top_k_};
}

std::optional<double> RecentLoad::entropy() const {
    if (counts_.size() < 2 || n_slots_ == 0) return std::nullopt;
    const double n_slots = n_slots_;
    const double entropy = std::log(n_slots) - static_cast<double>(sum_) / kSteps / n_slots;
    return std::clamp(entropy / std::log(static_cast<double>(counts_.size())), 0.0, 1.0);
}

std::optional<double> load_entropy_null(const UniformRouting& routing) {
    MOE_CHECK(routing.top_k <= routing.n_experts);
    if (routing.n_experts < 2 || routing.n_tokens * routing.top_k == 0) return std::nullopt;
    if (routing.top_k == routing.n_experts) return 1.0;
    const auto n = static_cast<double>(routing.n_tokens);
    const auto n_experts = static_cast<double>(routing.n_experts);
    const double p = static_cast<double>(routing.top_k) / n_experts;
    double log_probability = n * std::log1p(-p);  // of a load of 0, then of 1, ...
    double mean = 0.0;                            // of load ln load
    for (double load = 0; load < n;) {
        log_probability += std::log((n - load) / (load + 1)) + std::log(p) - std::log1p(-p);
        load += 1;
        mean += std::exp(log_probability) * load * std::log(load);
    }
    const double n_slots = n * static_cast<double>(routing.top_k);
    return (std::log(n_slots) - n_experts * mean / n_slots) / std::log(n_experts);
}

}  // namespace moe
