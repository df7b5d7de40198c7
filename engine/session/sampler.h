#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/rng.h"
#include "engine/base/token_id.h"

namespace moe {

/// How the next token is drawn. Applied in this order: top-k, top-p, temperature; `temperature` 0 is greedy.
struct SamplingParams {
    std::uint64_t seed = 0;
    float temperature = 0.8f;   ///< >= 0
    std::size_t top_k = 40;     ///< 0 keeps all
    float top_p = 0.95f;        ///< (0, 1]; 1 keeps all

    bool operator==(const SamplingParams&) const = default;
};

/// A possible next token.
struct Candidate {
    TokenId id = 0;
    float probability = 0;  ///< of the model before temperature and cuts
};

struct SampledToken {
    TokenId id = 0;
    float logprob = 0;      ///< natural log of the model's probability, before temperature and cuts
};

/// Draws tokens from logits; the same seed and logits give the same tokens. Ties go to the lower id.
class Sampler {
  public:
    explicit Sampler(const SamplingParams& params) : params_(params), rng_(params.seed) {}

    /// logits [n_vocab], finite, n_vocab >= 1.
    SampledToken sample(std::span<const float> logits);

    const SamplingParams& params() const { return params_; }

  private:
    SamplingParams params_;
    Rng rng_;
    std::vector<Candidate> scratch_;
};

/// The `count` most probable next tokens, best first: [min(count, n_vocab)].
std::vector<Candidate> top_candidates(std::span<const float> logits, std::size_t count);

}  // namespace moe
