#include "engine/base/core_turn.h"

#include <sched.h>
#include <sys/resource.h>

#include <cmath>

namespace moe {
namespace {

using namespace std::chrono_literals;

constexpr auto kShortestGap = 500us;   // of somebody else's turn; an interrupt takes less
constexpr auto kTurn = 2ms;            // handed on before the kernel's 3 to 4 ms are over
constexpr auto kMemory = 100ms;        // in which what was lost fades to 1/e

}  // namespace

void CoreTurn::look() {
    const Clock::time_point now = Clock::now();
    if (now - last_look_ > kShortestGap) {  // a long task or a lost core
        rusage usage{};
        getrusage(RUSAGE_THREAD, &usage);
        if (usage.ru_nvcsw != n_sleeps_) start_ = now;
        if (usage.ru_nivcsw != n_losses_) {
            const std::chrono::duration<float> gap = now - last_look_;
            const float faded = std::exp(-gap / kMemory);
            lost_share_.store(lost_share(last_look_) * faded + (1.0f - faded), std::memory_order_relaxed);
            start_ = now;
            last_lost_.store(now, std::memory_order_relaxed);
        }
        n_sleeps_ = usage.ru_nvcsw;
        n_losses_ = usage.ru_nivcsw;
    }
    last_look_ = now;
}

float CoreTurn::lost_share(Clock::time_point now) const {
    const std::chrono::duration<float> since = now - last_lost_.load(std::memory_order_relaxed);
    return lost_share_.load(std::memory_order_relaxed) * std::exp(-since / kMemory);
}

float CoreTurn::lost_share() const { return lost_share(Clock::now()); }

bool CoreTurn::is_nearly_over() const { return last_look_ - start_ > kTurn; }

void CoreTurn::hand_on() {
    sched_yield();
    look();
    start_ = last_look_;
}

}  // namespace moe
