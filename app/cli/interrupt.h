#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace moe::app {

/// Turns Ctrl-C and a polite kill into a stop request. Made before other threads, so that they inherit the
/// blocked signals; a second signal while the first is being obeyed does nothing.
class InterruptWatcher {
  public:
    InterruptWatcher();
    ~InterruptWatcher();
    InterruptWatcher(const InterruptWatcher&) = delete;
    InterruptWatcher& operator=(const InterruptWatcher&) = delete;

    std::stop_token token() const { return source_.get_token(); }
    bool was_interrupted() const { return source_.stop_requested(); }

  private:
    sigset_t signals_{};
    std::stop_source source_;
    std::jthread thread_;
};

}  // namespace moe::app
