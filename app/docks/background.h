#pragma once

#include <QObject>
#include <QThreadPool>
#include <QTimer>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace moe::app {

/// Computes on a thread of its own, the newest question first: a question takes the place of one that waits.
/// So a view asks on every frame, and the work that is done is bounded.
class Background : public QObject {
    Q_OBJECT
  public:
    using Answer = std::function<void()>;  ///< run on this object's thread
    using Work = std::function<Answer()>;  ///< run on the other thread; owns or shares what it reads

    /// Answers are at least `pause` apart.
    explicit Background(std::chrono::milliseconds pause, QObject* parent = nullptr);
    ~Background() override;  ///< waits for what is in work

    void ask(Work work);
    /// Drops what waits and the answer of what is in work.
    void forget();
    bool is_idle() const { return !next_ && !is_working_; }

  private:
    void start();
    void take(std::uint64_t question, const Answer& answer);

    QThreadPool pool_;
    QTimer pause_;
    std::optional<Work> next_;
    bool is_working_ = false;
    std::uint64_t first_wanted_ = 0;  // answers to earlier questions are dropped
    std::uint64_t n_asked_ = 0;
};

}  // namespace moe::app
