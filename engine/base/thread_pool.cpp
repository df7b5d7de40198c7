#include "engine/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <limits>

#include "engine/base/check.h"

namespace moe {
namespace {

constexpr int kSpinsBeforeYield = 2000;    // some ten microseconds
constexpr int kYieldsBeforeSleep = 200;    // then give the core to whoever wants it
constexpr float kShared = 0.1f;            // lost share of a core from which on a worker hands it on
constexpr float kCrowded = 0.4f;           // and of the caller's, from which on none does

std::size_t usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
    return std::max(1u, std::thread::hardware_concurrency());
}

void pause_core() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

ThreadPool::ThreadPool(std::size_t n_threads) {
    const std::size_t wanted = n_threads == 0 ? usable_cores() : n_threads;
    for (std::size_t thread = 1; thread < wanted; ++thread) {
        workers_.emplace_back([this, thread] { work(thread); });
    }
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_.store(true);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
}

// open_tasks_ holds the batch in its upper half and the tasks nobody has taken yet in its lower half, so that
// taking a task and being sure of its batch is one operation. While a taken task is not done the batch cannot
// end, so task_ and n_tasks_ are its own. A worker that wakes up too late finds nothing to take, and nobody
// waits for it: on cores that are shared with a window that is the rule, not the exception.
void ThreadPool::take_tasks(std::size_t thread, CoreTurn& turn) {
    std::uint64_t open = open_tasks_.load(std::memory_order_acquire);
    while (static_cast<std::uint32_t>(open) != 0) {
        if (!open_tasks_.compare_exchange_weak(open, open - 1, std::memory_order_acq_rel,
                                               std::memory_order_acquire)) {
            continue;
        }
        if (!is_stopped()) (*task_)(n_tasks_ - static_cast<std::uint32_t>(open), thread);
        const std::size_t n_tasks = n_tasks_;  // the caller may go on as soon as the last task is counted
        if (n_done_.fetch_add(1, std::memory_order_acq_rel) + 1 == n_tasks && thread != 0) n_done_.notify_one();
        turn.look();
        if (thread != 0 && turn.is_nearly_over() && turn.lost_share() > kShared && !caller_is_crowded()) {
            turn.hand_on();
        }
        open = open_tasks_.load(std::memory_order_acquire);
    }
}

void ThreadPool::run(std::size_t n_tasks, const std::function<void(std::size_t, std::size_t)>& task) {
    if (n_tasks == 0) return;
    if (workers_.empty() || n_tasks == 1) {
        for (std::size_t index = 0; index < n_tasks && !is_stopped(); ++index) task(index, 0);
        return;
    }
    MOE_CHECK(n_tasks <= std::numeric_limits<std::uint32_t>::max());
    task_ = &task;
    n_tasks_ = n_tasks;
    n_done_.store(0, std::memory_order_relaxed);
    {
        // The lock closes the gap between a worker's last look and its falling asleep.
        const std::lock_guard lock(mutex_);
        open_tasks_.store(++n_batches_ << 32 | n_tasks, std::memory_order_release);
    }
    wake_.notify_all();
    take_tasks(0, callers_turn_);
    wait_until_done();
}

void ThreadPool::wait_until_done() {
    for (int spins = 0; spins < kSpinsBeforeYield; ++spins) {
        if (n_done_.load(std::memory_order_acquire) == n_tasks_) return;
        pause_core();
    }
    // To yield again and again would cost a shared core its share; who sleeps keeps it.
    std::uint32_t n_done = 0;
    while ((n_done = n_done_.load(std::memory_order_acquire)) != n_tasks_) n_done_.wait(n_done);
    callers_turn_.look();
}

// Everybody needs the caller. Where it has half a core itself, workers that keep their turns and sleep in between
// run beside it; those that hand their cores on would run when it does not.
bool ThreadPool::caller_is_crowded() const { return callers_turn_.lost_share() > kCrowded; }

/// Returns when tasks wait to be taken; false: the pool is being destroyed.
bool ThreadPool::wait_for_tasks(CoreTurn& turn) {
    const auto is_ready = [&] {
        return static_cast<std::uint32_t>(open_tasks_.load(std::memory_order_acquire)) != 0 || stopping_.load();
    };
    for (int spins = 0; spins < kSpinsBeforeYield; ++spins) {
        if (is_ready()) return !stopping_.load();
        pause_core();
    }
    for (int yields = 0; yields < kYieldsBeforeSleep && !caller_is_crowded(); ++yields) {
        turn.look();
        if (is_ready()) return !stopping_.load();
        std::this_thread::yield();
    }
    std::unique_lock lock(mutex_);
    wake_.wait(lock, is_ready);
    return !stopping_.load();
}

void ThreadPool::work(std::size_t thread) {
    CoreTurn turn;
    while (wait_for_tasks(turn)) {
        turn.look();
        take_tasks(thread, turn);
    }
}

}  // namespace moe
