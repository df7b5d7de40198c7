#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/rng.h"
#include "engine/base/token_id.h"

namespace moe {

/// How the next token is drawn. Applied in this order: top-k, top-p, temperature; `temperature` 0 is greedy.
struct SamplingParams {
    std::uint64_t seed = 0;
    float temperature = 0.8f;  ///< >= 0
    std::size_t top_k = 40;    ///< 0 keeps all
    float top_p = 0.95f;       ///< (0, 1]; 1 keeps all

    bool operator==(const SamplingParams&) const = default;
};

/// Refuses what cannot be sampled with, by name and with the range that can.
Result<void> check_sampling(const SamplingParams& params);

/// A possible next token.
struct Candidate {
    TokenId id = 0;
    float probability = 0;  ///< of the model before temperature and cuts
};

struct SampledToken {
    TokenId id = 0;
    float logprob = 0;  ///< natural log of the model's probability, before temperature and cuts
};

/// Draws tokens from logits; the same seed and logits give the same tokens. Ties go to the lower id.
class Sampler {
  public:
    explicit Sampler(const SamplingParams& params) : params_(params), rng_(params.seed) {}

    /// logits [n_vocab], finite or -inf (never drawn), the largest finite; n_vocab >= 1.
    SampledToken sample(std::span<const float> logits);

    /// Goes on as if `n_draws` tokens had been drawn since the seed: every `sample` takes exactly one
    /// random number. A run draws the token at position p with draw p, so that two runs with one seed and
    /// one past have one future.
    void seek(std::size_t n_draws);

    const SamplingParams& params() const { return params_; }

  private:
    struct Ranked {
        TokenId id = 0;
        float logit = 0;
    };
    static bool is_better(const Ranked& a, const Ranked& b);
    void keep_best(std::span<const float> logits, double logit_max);
    void cut_to_mass(double logit_max, bool is_sorted);
    TokenId draw(double uniform, double logit_max);

    SamplingParams params_;
    Rng rng_;
    std::vector<Ranked> kept_;     // what survives the cuts
    std::vector<double> weights_;  // [kept_], not normalized
};

/// Natural log of the model's probability of `id`, in double inside.
float log_probability(std::span<const float> logits, TokenId id);

/// The `count` most probable next tokens, best first: [min(count, n_vocab)].
std::vector<Candidate> top_candidates(std::span<const float> logits, std::size_t count);

}  // namespace moe
