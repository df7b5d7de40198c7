#include "app/docks/token_search.h"

#include <algorithm>

namespace moe::app {

FoundTokens find_tokens(const TokenRange& range, const std::function<bool(std::size_t)>& matches) {
    FoundTokens found;
    for (std::size_t position = range.first; position < range.end; ++position) {
        if (!matches(position)) continue;
        if (found.n_found++ < kListedTokensMax) found.positions.push_back(position);
    }
    return found;
}

bool uses_expert(const TraceSnapshot& trace, std::size_t position, std::size_t layer, std::size_t expert) {
    const auto experts = trace.experts(position, layer);
    return std::ranges::find(experts, static_cast<std::uint16_t>(expert)) != experts.end();
}

}  // namespace moe::app
