#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/token_id.h"

namespace moe {

/// Prefill: read as part of the prompt. Decode: chosen by the sampler (or by hand).
enum class Phase : std::uint8_t { Prefill = 0, Decode = 1 };

/// One token of a run. Its index in the sequence is its position.
struct TokenRecord {
    TokenId id = 0;
    std::string bytes;              ///< the token's own bytes, any; for a special token its text
    Phase phase = Phase::Prefill;
    std::int64_t t_ns = 0;          ///< when it was chosen or read, nanoseconds since the run began
    std::optional<float> logprob;   ///< natural log, of the model before temperature and cuts; decode only
};

}  // namespace moe
