// What uniform routing looks like.
//
// Short traces are drawn token by token. The work grows with n_tokens, while the loads of long traces
// are all but normal: those are drawn as correlated normal numbers with the variance of a load, the sum of
// p (1 - p) over the tokens, with the first skewness term of Cornish and Fisher (1938) and rounded to whole
// slots. Both agree to a fraction of a percent where they meet; a test compares them.

#include "engine/stats/load_null.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <mutex>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/rng.h"
#include "engine/stats/load_balance.h"
#include "engine/stats/load_draw.h"

namespace moe {
namespace {

constexpr std::uint64_t kSeed = 1;
/// Token-slots up to which a routing is drawn token by token.
constexpr std::size_t kMostDrawnSlots = 25'000;
/// Cached answers; a key is a few dozen bytes.
constexpr std::size_t kMostRemembered = 10'000;

/// The mean of `values`, corrected by what is known exactly: draws whose squared cv came out too large on
/// average have the other figures too large in step (a control variate; Glasserman 2003, section 4.1).
double corrected_mean(std::span<const double> values, std::span<const double> squared_cv,
                      double true_squared_cv) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    const double control_mean = std::accumulate(squared_cv.begin(), squared_cv.end(), 0.0) / n;
    double covariance = 0.0;
    double variance = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double deviation = squared_cv[i] - control_mean;
        covariance += deviation * (values[i] - mean);
        variance += deviation * deviation;
    }
    // A cv that hardly varies says nothing, and rounding must not be taken for it.
    if (variance <= 1e-20 * control_mean * control_mean * n) return mean;
    return mean - covariance / variance * (control_mean - true_squared_cv);
}

std::size_t n_slots_of(const MixedRouting& routing) {
    std::size_t n_slots = 0;
    for (std::size_t k = 0; k < routing.tokens_by_slots.size(); ++k)
        n_slots += routing.tokens_by_slots[k] * k;
    return n_slots;
}

LoadNull mean_of_draws(const MixedRouting& routing, std::size_t n_draws) {
    Rng rng(kSeed);
    LoadDraw draw(routing);
    const bool is_short = n_slots_of(routing) <= kMostDrawnSlots;
    std::vector<double> max_violation, cv, gini, entropy, squared_cv;
    for (std::size_t i = 0; i < n_draws; ++i) {
        const auto balance = load_balance(is_short ? draw.by_tokens(rng) : draw.by_normals(rng));
        MOE_CHECK(balance.has_value());
        max_violation.push_back(balance->max_violation);
        cv.push_back(balance->cv);
        gini.push_back(balance->gini);
        entropy.push_back(balance->normalized_entropy.value_or(0.0));
        squared_cv.push_back(balance->cv * balance->cv);
    }
    const LoadMoments moments = load_moments(routing);
    const double true_squared_cv = moments.variance / (moments.mean * moments.mean);
    LoadNull null{.max_violation = corrected_mean(max_violation, squared_cv, true_squared_cv),
                  .cv = corrected_mean(cv, squared_cv, true_squared_cv),
                  .gini = corrected_mean(gini, squared_cv, true_squared_cv),
                  .normalized_entropy = std::nullopt};
    if (routing.n_experts > 1) null.normalized_entropy = corrected_mean(entropy, squared_cv, true_squared_cv);
    return null;
}

/// ln of the binomial probability of `count`.
double log_binomial(std::size_t n, double p, std::size_t count) {
    const auto total = static_cast<double>(n);
    const auto chosen = static_cast<double>(count);
    return std::lgamma(total + 1.0) - std::lgamma(chosen + 1.0) - std::lgamma(total - chosen + 1.0) +
           chosen * std::log(p) + (total - chosen) * std::log1p(-p);
}

/// The smallest count in [first, n] whose cumulative probability reaches `probability`; what lies below
/// `first` is too unlikely to matter.
class BinomialQuantile {
  public:
    BinomialQuantile(std::size_t n, double p) : n_(n), p_(p) {
        const double mean = static_cast<double>(n) * p;
        // Below 12 standard deviations lies less than 1e-30 of a normal load, and nothing of a skewed one.
        const double lowest = mean - 12.0 * std::sqrt(mean * (1.0 - p)) - 12.0;
        count_ = lowest > 0.0 ? static_cast<std::size_t>(lowest) : 0;
        term_ = std::exp(log_binomial(n, p, count_));
        cumulative_ = term_;
    }
    /// Asked for by ascending probabilities.
    std::size_t at(double probability) {
        while (cumulative_ < probability && count_ < n_) {
            term_ *= static_cast<double>(n_ - count_) / static_cast<double>(count_ + 1) * p_ / (1.0 - p_);
            ++count_;
            cumulative_ += term_;
        }
        return count_;
    }

  private:
    std::size_t n_;
    double p_;
    std::size_t count_ = 0;
    double term_ = 0.0;
    double cumulative_ = 0.0;
};

}  // namespace

MixedRouting mixed_routing(const UniformRouting& routing) {
    MOE_CHECK(routing.top_k <= routing.n_experts);
    MixedRouting mixed{.n_experts = routing.n_experts, .tokens_by_slots = {}};
    mixed.tokens_by_slots.resize(routing.top_k + 1);
    mixed.tokens_by_slots[routing.top_k] = routing.n_tokens;
    return mixed;
}

std::optional<LoadNull> load_null(const UniformRouting& routing, std::size_t n_draws) {
    return load_null(mixed_routing(routing), n_draws);
}

std::optional<LoadNull> load_null(const MixedRouting& routing, std::size_t n_draws) {
    if (routing.n_experts == 0 || n_slots_of(routing) == 0) return std::nullopt;
    MOE_CHECK(routing.tokens_by_slots.size() <= routing.n_experts + 1 && n_draws > 0);
    static std::mutex mutex;
    static std::map<std::pair<MixedRouting, std::size_t>, LoadNull> remembered;
    const std::pair key(routing, n_draws);
    {
        const std::lock_guard lock(mutex);
        if (const auto found = remembered.find(key); found != remembered.end()) return found->second;
    }
    const LoadNull answer = mean_of_draws(routing, n_draws);
    const std::lock_guard lock(mutex);
    if (remembered.size() >= kMostRemembered) remembered.clear();
    remembered.emplace(key, answer);
    return answer;
}

LoadBand load_band(const UniformRouting& routing) {
    MOE_CHECK(routing.top_k <= routing.n_experts);
    if (routing.n_experts == 0 || routing.top_k == 0) return {};
    if (routing.top_k == routing.n_experts) return {routing.n_tokens, routing.n_tokens, routing.n_tokens};
    const double p = static_cast<double>(routing.top_k) / static_cast<double>(routing.n_experts);
    BinomialQuantile quantile(routing.n_tokens, p);
    const std::size_t low = quantile.at(0.025);
    const std::size_t high = quantile.at(0.975);
    return {low, high, quantile.at(std::pow(0.975, 1.0 / static_cast<double>(routing.n_experts)))};
}

}  // namespace moe
