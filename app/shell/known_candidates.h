#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "engine/session/sampler.h"

namespace moe::app {

/// Candidates for the positions of a run, as they became known: the engine tells those for the next token,
/// and others when asked. What is known of a position stays true, as a run only grows. Holds the newest
/// 10,000 positions, some two megabytes.
class KnownCandidates {
  public:
    void put(std::size_t position, std::vector<Candidate> candidates) {
        if (candidates.empty()) return;
        by_position_[position] = std::move(candidates);
        if (by_position_.size() > kMostPositions) by_position_.erase(by_position_.begin());
    }
    /// Best first; null where they are not known.
    const std::vector<Candidate>* at(std::size_t position) const {
        const auto found = by_position_.find(position);
        return found == by_position_.end() ? nullptr : &found->second;
    }

  private:
    static constexpr std::size_t kMostPositions = 10'000;
    std::map<std::size_t, std::vector<Candidate>> by_position_;
};

}  // namespace moe::app
