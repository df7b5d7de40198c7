#pragma once

#include "app/docks/find_query.h"

namespace moe::app {

/// Reads a rule about routers, in whichever order its parts stand: "margin < 0.03", "L3 entropy > 2.5",
/// "margin below 0.01 in layer 3". What compares something and is no such rule is Unclear, with the nearest
/// one that is; nothing where it is no comparison.
std::optional<FindQuery> parse_find_rule(const QString& typed);

/// The router that meets such a rule best.
struct RuleValue {
    std::size_t layer = 0;  ///< on the trace's layer axis
    double value = 0;       ///< its margin, or its entropy in nats
    bool operator==(const RuleValue&) const = default;
};

/// Of the routers of a token that meet the rule, that with the smallest margin or the largest entropy;
/// nothing where none does, or where the token has no routing. `position` < n_tokens of `trace`.
std::optional<RuleValue> rule_value(const FindQuery& rule, const TraceSnapshot& trace, std::size_t position);

}  // namespace moe::app
