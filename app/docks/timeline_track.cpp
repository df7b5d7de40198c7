#include "app/docks/timeline_track.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe::app {

void Spread::add(float value) {
    add({.low = value, .high = value, .sum = static_cast<double>(value), .count = 1});
}

void Spread::add(const Spread& other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
    sum += other.sum;
    count += other.count;
}

void TimelineTrack::put(std::size_t first, std::span<const Spread> tokens) {
    if (tokens.empty()) return;
    std::size_t end = first + tokens.size();
    std::vector<Spread>& finest = levels_.front();
    if (finest.size() < end) finest.resize(end);
    std::copy(tokens.begin(), tokens.end(), finest.begin() + static_cast<std::ptrdiff_t>(first));
    // Entries above are summed anew in the order of the tokens: the sums do not depend on what came first.
    for (std::size_t n = 1; n < kLevels; ++n) {
        const std::vector<Spread>& below = levels_[n - 1];
        std::vector<Spread>& level = levels_[n];
        first /= kFactor;
        end = (end + kFactor - 1) / kFactor;
        level.resize((below.size() + kFactor - 1) / kFactor);
        for (std::size_t i = first; i < end; ++i) {
            level[i] = {};
            const std::size_t below_end = std::min(below.size(), (i + 1) * kFactor);
            for (std::size_t k = i * kFactor; k < below_end; ++k) level[i].add(below[k]);
        }
    }
}

Spread TimelineTrack::over(std::size_t first, std::size_t end) const {
    MOE_CHECK(first <= end && end <= n_tokens());
    Spread total;
    for (const std::vector<Spread>& level : levels_) {
        // The ends that are no whole entries above; the rest is left to the next level.
        while (first < end && first % kFactor != 0) total.add(level[first++]);
        while (first < end && end % kFactor != 0) total.add(level[--end]);
        if (&level == &levels_.back()) break;
        first /= kFactor;
        end /= kFactor;
    }
    // What is left are whole entries of the top level.
    for (; first < end; ++first) total.add(levels_.back()[first]);
    return total;
}

}  // namespace moe::app
