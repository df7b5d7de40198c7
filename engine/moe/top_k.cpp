#include "engine/moe/top_k.h"

#include <cstddef>

#include "engine/base/check.h"

namespace moe {

void top_k(std::span<const float> scores, std::span<std::uint16_t> experts) {
    MOE_CHECK(!experts.empty() && experts.size() <= scores.size() && scores.size() <= 65536);
    std::size_t n_kept = 0;
    for (std::size_t expert = 0; expert < scores.size(); ++expert) {
        std::size_t slot = n_kept;
        while (slot > 0 && scores[expert] > scores[experts[slot - 1]]) --slot;
        if (slot == experts.size()) continue;
        if (n_kept < experts.size()) ++n_kept;
        for (std::size_t later = n_kept - 1; later > slot; --later) experts[later] = experts[later - 1];
        experts[slot] = static_cast<std::uint16_t>(expert);
    }
}

}  // namespace moe
