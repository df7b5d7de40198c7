#include "engine/session/sampler.h"

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"

namespace moe {
namespace {

// How many of the best are sorted at first; more only where they do not hold the mass that is asked for.
constexpr std::size_t kFirstSorted = 64;
constexpr std::size_t kSortedGrowth = 4;

/// Position of the largest logit, the lowest of equals.
std::size_t argmax(std::span<const float> logits) {
    return static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

/// log sum exp(logit - logit_max) over the vocabulary.
double log_of_sum(std::span<const float> logits, double logit_max) {
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - logit_max);
    return std::log(sum);
}

}  // namespace

Result<void> check_sampling(const SamplingParams& params) {
    if (!(params.temperature >= 0) || !std::isfinite(params.temperature)) {
        return make_error("temperature {}: must be a number from 0 up; use 0 for greedy, 0.8 for the usual",
                          params.temperature);
    }
    if (!(params.top_p > 0 && params.top_p <= 1)) {
        return make_error("top-p {}: must be above 0 and at most 1; use 1 to keep all tokens", params.top_p);
    }
    return {};
}

SampledToken Sampler::sample(std::span<const float> logits) {
    MOE_CHECK(!logits.empty());
    const double uniform = rng_.uniform();
    const std::size_t best = argmax(logits);
    const double logit_max = logits[best];
    TokenId id = static_cast<TokenId>(best);
    if (params_.temperature > 0) {
        keep_best(logits, logit_max);
        id = draw(uniform, logit_max);
    }
    const double log_sum = log_of_sum(logits, logit_max);
    return {id, static_cast<float>(logits[static_cast<std::size_t>(id)] - logit_max - log_sum)};
}

void Sampler::seek(std::size_t n_draws) {
    rng_ = Rng(params_.seed);
    for (std::size_t draw = 0; draw < n_draws; ++draw) rng_.next();
}

bool Sampler::is_better(const Ranked& a, const Ranked& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
}

/// Top-k, then top-p.
void Sampler::keep_best(std::span<const float> logits, double logit_max) {
    kept_.resize(logits.size());
    for (std::size_t id = 0; id < logits.size(); ++id) kept_[id] = {static_cast<TokenId>(id), logits[id]};
    const bool has_top_k = params_.top_k > 0 && params_.top_k < kept_.size();
    if (has_top_k) {
        const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(params_.top_k);
        std::partial_sort(kept_.begin(), end, kept_.end(), is_better);
        kept_.erase(end, kept_.end());
    }
    if (params_.top_p < 1) cut_to_mass(logit_max, has_top_k);
}

/// Keeps the fewest of the best whose probability, among those kept so far, reaches top_p.
void Sampler::cut_to_mass(double logit_max, bool is_sorted) {
    const auto weight = [logit_max](const Ranked& token) { return std::exp(token.logit - logit_max); };
    double total = 0;
    for (const Ranked& token : kept_) total += weight(token);
    const double wanted = static_cast<double>(params_.top_p) * total;

    std::size_t n_sorted = is_sorted ? kept_.size() : 0;
    double mass = 0;
    for (std::size_t count = 0; count < kept_.size(); ++count) {
        if (count == n_sorted) {
            const std::size_t n_more = n_sorted == 0 ? kFirstSorted : n_sorted * (kSortedGrowth - 1);
            const std::size_t first = n_sorted;
            n_sorted = std::min(kept_.size(), n_sorted + n_more);
            std::partial_sort(kept_.begin() + static_cast<std::ptrdiff_t>(first),
                              kept_.begin() + static_cast<std::ptrdiff_t>(n_sorted), kept_.end(), is_better);
        }
        mass += weight(kept_[count]);
        if (mass >= wanted) {
            kept_.resize(count + 1);
            return;
        }
    }
}

/// A token in proportion to exp(logit / temperature); `uniform` in [0, 1).
TokenId Sampler::draw(double uniform, double logit_max) {
    weights_.resize(kept_.size());
    double total = 0;
    for (std::size_t index = 0; index < kept_.size(); ++index) {
        weights_[index] =
            std::exp((kept_[index].logit - logit_max) / static_cast<double>(params_.temperature));
        total += weights_[index];
    }
    double left = uniform * total;
    std::size_t last_possible = 0;
    for (std::size_t index = 0; index < kept_.size(); ++index) {
        if (weights_[index] == 0) continue;
        if (left < weights_[index]) return kept_[index].id;
        left -= weights_[index];
        last_possible = index;  // rounding may leave a crumb behind the last token
    }
    return kept_[last_possible].id;
}

float log_probability(std::span<const float> logits, TokenId id) {
    MOE_CHECK(id >= 0 && static_cast<std::size_t>(id) < logits.size());
    const double logit_max = logits[argmax(logits)];
    return static_cast<float>(logits[static_cast<std::size_t>(id)] - logit_max -
                              log_of_sum(logits, logit_max));
}

std::vector<Candidate> top_candidates(std::span<const float> logits, std::size_t count) {
    if (logits.empty() || count == 0) return {};
    std::vector<TokenId> ids(logits.size());
    for (std::size_t id = 0; id < ids.size(); ++id) ids[id] = static_cast<TokenId>(id);
    const auto is_better = [logits](TokenId a, TokenId b) {
        const float logit_a = logits[static_cast<std::size_t>(a)];
        const float logit_b = logits[static_cast<std::size_t>(b)];
        return logit_a != logit_b ? logit_a > logit_b : a < b;
    };
    const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(count, ids.size()));
    std::partial_sort(ids.begin(), end, ids.end(), is_better);

    const double logit_max = logits[static_cast<std::size_t>(ids.front())];
    const double log_sum = log_of_sum(logits, logit_max);
    std::vector<Candidate> candidates;
    for (auto id = ids.begin(); id != end; ++id) {
        const double logit = logits[static_cast<std::size_t>(*id)];
        candidates.push_back(
            {.id = *id, .probability = static_cast<float>(std::exp(logit - logit_max - log_sum))});
    }
    return candidates;
}

}  // namespace moe
