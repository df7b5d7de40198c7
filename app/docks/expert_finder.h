#pragma once

#include <QString>
#include <vector>

#include "app/docks/run_view.h"
#include "engine/base/result.h"

namespace moe::app {

/// How an expert takes the tokens that were asked for.
struct ExpertHit {
    std::size_t layer = 0;
    std::size_t expert = 0;
    std::size_t n_hits = 0;  ///< matching tokens that chose it
    double expected =
        0;  ///< as many as it would have of any other tokens: its share of the range times n_matching
    double lift = 0;  ///< n_hits / expected
};

/// What a search for experts found.
struct ExpertHits {
    std::size_t n_matching = 0;   ///< tokens of the range
    std::vector<ExpertHit> hits;  ///< by lift, largest first
};

/// An expert is listed from this many hits on, if they are at least a tenth of the matching tokens: a single
/// chance hit of a rare expert has a large lift and says nothing.
inline constexpr std::size_t kLeastHits = 3;
inline constexpr double kLeastHitShare = 0.1;

/// The tokens of a range whose text matches (text_expression), as flags from its first on; a match may span
/// tokens, all of which then match. Fails for a regular expression that is none.
Result<std::vector<bool>> matching_tokens(const TraceSnapshot& trace, const TokenRange& range,
                                          const QString& pattern);

/// Ranks all experts of all layers by their lift for the flagged tokens; flags as matching_tokens gives them.
ExpertHits find_experts(const TraceSnapshot& trace, const TokenRange& range,
                        const std::vector<bool>& matches);

}  // namespace moe::app
