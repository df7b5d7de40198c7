#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace moe {

/// Tokens per second over the last second. It begins anew with each run, so that a pause does not count.
class SpeedMeter {
  public:
    using Time = std::chrono::steady_clock::time_point;

    void restart() { times_.clear(); }
    void count_token(Time now);

    /// 0 while there are fewer than two tokens to measure between.
    double tokens_per_second() const;

  private:
    std::deque<Time> times_;  // of the tokens of the last second, and one before
};

}  // namespace moe
