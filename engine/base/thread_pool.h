#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "engine/base/core_turn.h"

namespace moe {

/// The only owner of compute threads. `run` gives a batch of tasks to the calling thread and to
/// `n_threads - 1` workers, which take them one by one, so that unequal tasks balance themselves.
///
/// Idle workers spin for a short while (a layer's next batch is near), then sleep, so that a window
/// on the same cores stays smooth. Where another program keeps a worker's core busy, the worker hands it on
/// between two tasks, so that nobody waits for a task whose thread was stopped. One thread calls `run` at a time; tasks must not call `run`.
class ThreadPool {
  public:
    /// `n_threads` counts the caller; 0 means all cores this process may use.
    explicit ThreadPool(std::size_t n_threads = 0);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    std::size_t n_threads() const { return workers_.size() + 1; }

    /// Calls `task(index, thread)` once for every index in [0, n_tasks), thread in [0, n_threads), and
    /// returns when all are done. What the tasks wrote is visible to the caller.
    void run(std::size_t n_tasks, const std::function<void(std::size_t index, std::size_t thread)>& task);

    /// While one of these lives, tasks that have not begun when a stop is requested are left out, so that
    /// `run` returns soon; what they would have written is unspecified. One at a time, in the thread that
    /// calls `run`.
    class StopScope {
      public:
        StopScope(ThreadPool& pool, const std::stop_token& stop) : pool_(pool) { pool_.stop_ = &stop; }
        ~StopScope() { pool_.stop_ = nullptr; }
        StopScope(const StopScope&) = delete;
        StopScope& operator=(const StopScope&) = delete;

      private:
        ThreadPool& pool_;
    };

  private:
    void work(std::size_t thread);
    void take_tasks(std::size_t thread, CoreTurn& turn);
    bool is_stopped() const { return stop_ != nullptr && stop_->stop_requested(); }
    bool wait_for_tasks(CoreTurn& turn);
    void wait_until_done();
    bool caller_is_crowded() const;

    std::vector<std::thread> workers_;
    const std::function<void(std::size_t, std::size_t)>* task_ = nullptr;
    std::size_t n_tasks_ = 0;
    const std::stop_token* stop_ = nullptr;  // changed while no batch is open
    std::uint64_t n_batches_ = 0;
    std::atomic<std::uint64_t> open_tasks_{0};  // batch << 32 | tasks that nobody has taken
    std::atomic<std::uint32_t> n_done_{0};
    CoreTurn callers_turn_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
};

}  // namespace moe
