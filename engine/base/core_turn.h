#pragma once

#include <atomic>
#include <chrono>

namespace moe {

/// A thread's turn on its core, when another program wants the core too. The kernel takes a core away after a few
/// milliseconds without a word; a thread that looks at the clock at every step sees it afterwards, as a gap.
/// Knowing that, it can hand the core on at a moment of its own choice, between two tasks, instead of losing it
/// in the middle of one that everybody waits for.
///
/// One thread calls everything but `lost_share`, which any thread may ask.
class CoreTurn {
  public:
    /// To be called at every step: after each task, before and after each wait.
    void look();

    /// The share of about the last tenth of a second in which somebody else had the core although this thread
    /// could have gone on; in [0, 1]. Only turns of half a millisecond or more count.
    float lost_share() const;

    /// Whether the kernel would soon give a shared core to somebody else, by the turns of 3 to 4 ms that Linux
    /// hands out unless told otherwise.
    bool is_nearly_over() const;

    /// Lets the others run, and begins a new turn.
    void hand_on();

  private:
    using Clock = std::chrono::steady_clock;

    float lost_share(Clock::time_point now) const;

    Clock::time_point last_look_ = Clock::now();
    Clock::time_point start_ = last_look_;
    std::atomic<float> lost_share_{0.0f};  // as of last_lost_, from when on it fades
    std::atomic<Clock::time_point> last_lost_{last_look_};
    long n_sleeps_ = 0;  // the kernel's counts as of the last gap: how often the thread gave its core up,
    long n_losses_ = 0;  // and how often the core was taken away
};

}  // namespace moe
