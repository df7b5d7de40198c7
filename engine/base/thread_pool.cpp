#include "engine/base/thread_pool.h"

#include <sched.h>

#include <algorithm>

#include "engine/base/check.h"

namespace moe {
namespace {

constexpr int kSpinsBeforeYield = 2000;    // some ten microseconds
constexpr int kYieldsBeforeSleep = 200;    // then give the core to whoever wants it

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

void ThreadPool::take_tasks(std::size_t thread) {
    for (;;) {
        const std::size_t index = next_task_.fetch_add(1, std::memory_order_relaxed);
        if (index >= n_tasks_) return;
        (*task_)(index, thread);
    }
}

void ThreadPool::run(std::size_t n_tasks, const std::function<void(std::size_t, std::size_t)>& task) {
    if (n_tasks == 0) return;
    if (workers_.empty() || n_tasks == 1) {
        for (std::size_t index = 0; index < n_tasks; ++index) task(index, 0);
        return;
    }
    task_ = &task;
    n_tasks_ = n_tasks;
    next_task_.store(0, std::memory_order_relaxed);
    n_busy_.store(workers_.size(), std::memory_order_relaxed);
    {
        // The lock closes the gap between a worker's last look and its falling asleep.
        const std::lock_guard lock(mutex_);
        batch_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    take_tasks(0);
    for (int spins = 0; n_busy_.load(std::memory_order_acquire) != 0; ++spins) {
        if (spins < kSpinsBeforeYield) pause_core();
        else std::this_thread::yield();
    }
}

bool ThreadPool::wait_for_batch(std::uint64_t seen) {
    const auto is_ready = [&] { return batch_.load(std::memory_order_acquire) != seen || stopping_.load(); };
    for (int spins = 0; spins < kSpinsBeforeYield; ++spins) {
        if (is_ready()) return !stopping_.load();
        pause_core();
    }
    for (int yields = 0; yields < kYieldsBeforeSleep; ++yields) {
        if (is_ready()) return !stopping_.load();
        std::this_thread::yield();
    }
    std::unique_lock lock(mutex_);
    wake_.wait(lock, is_ready);
    return !stopping_.load();
}

void ThreadPool::work(std::size_t thread) {
    for (std::uint64_t seen = 0; wait_for_batch(seen); ++seen) {
        take_tasks(thread);
        n_busy_.fetch_sub(1, std::memory_order_release);
    }
}

}  // namespace moe
