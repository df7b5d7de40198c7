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

void TimelineTrack::append(const Spread& token) {
    std::size_t index = n_tokens();
    for (std::vector<Spread>& level : levels_) {
        if (index == level.size()) level.emplace_back();
        level[index].add(token);
        index /= kFactor;
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
