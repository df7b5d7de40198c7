#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace moe {

/// A queue between two threads. The sender never waits; the receiver may.
template <class T>
class Mailbox {
  public:
    void post(T message) {
        {
            const std::lock_guard lock(mutex_);
            messages_.push_back(std::move(message));
        }
        arrived_.notify_one();
    }

    /// Puts `message` in the place of the first waiting one for which `is_outdated` holds, else at the end.
    template <class Predicate>
    void post_or_replace(T message, Predicate is_outdated) {
        {
            const std::lock_guard lock(mutex_);
            const auto outdated = std::find_if(messages_.begin(), messages_.end(), is_outdated);
            if (outdated != messages_.end()) {
                *outdated = std::move(message);
                return;
            }
            messages_.push_back(std::move(message));
        }
        arrived_.notify_one();
    }

    /// Whether a message waits for which `predicate` holds.
    template <class Predicate>
    bool holds(Predicate predicate) const {
        const std::lock_guard lock(mutex_);
        return std::any_of(messages_.begin(), messages_.end(), predicate);
    }

    /// The next message, or nothing when there is none now.
    std::optional<T> take() {
        const std::lock_guard lock(mutex_);
        return take_locked();
    }

    /// Waits for the next message; nothing when `stop` was requested first.
    std::optional<T> wait(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, stop, [this] { return !messages_.empty(); });
        return take_locked();
    }

    /// As `wait`, and nothing when `deadline` has passed first.
    std::optional<T> wait_until(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        arrived_.wait_until(lock, stop, deadline, [this] { return !messages_.empty(); });
        return take_locked();
    }

  private:
    std::optional<T> take_locked() {
        if (messages_.empty()) return std::nullopt;
        T message = std::move(messages_.front());
        messages_.pop_front();
        return message;
    }

    mutable std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::deque<T> messages_;
};

}  // namespace moe
