#pragma once

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

  private:
    std::optional<T> take_locked() {
        if (messages_.empty()) return std::nullopt;
        T message = std::move(messages_.front());
        messages_.pop_front();
        return message;
    }

    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::deque<T> messages_;
};

}  // namespace moe
