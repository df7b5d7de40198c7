#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace moe::app {

/// Least, mean and greatest of a figure over some tokens, or over the layers of one.
struct Spread {
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
    double sum = 0;
    std::size_t count = 0;  ///< values in it; 0: none has the figure

    void add(float value);
    void add(const Spread& other);
    float mean() const { return static_cast<float>(sum / static_cast<double>(count)); }
};

/// A figure for every token of a run. Any stretch of it is summed up in a few dozen steps, however long it
/// is, and no spike is lost: low and high are exact.
class TimelineTrack {
  public:
    /// The figure of the tokens from `first` on, in any order; those before that were never put count for
    /// nothing, one that was put before is replaced.
    void put(std::size_t first, std::span<const Spread> tokens);
    void clear() { levels_ = {}; }
    std::size_t n_tokens() const { return levels_.front().size(); }  ///< to the last one that was put
    /// Over tokens [first, end); count is 0 where no token has the figure, or is known to have it.
    Spread over(std::size_t first, std::size_t end) const;

  private:
    static constexpr std::size_t kFactor = 16;
    static constexpr std::size_t kLevels = 6;  // the top one has an entry for each million tokens
    // levels_[n][i] sums up tokens [i * 16^n, (i + 1) * 16^n), as far as there are any.
    std::array<std::vector<Spread>, kLevels> levels_;
};

}  // namespace moe::app
