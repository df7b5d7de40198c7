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
/// So a view asks on every frame, and the work that is done is bounded: after an answer it rests for twenty
/// times as long as the answer took, which leaves the processor to the engine. Who waits at a screen asks
/// with Urgency::Now.
class Background : public QObject {
    Q_OBJECT
  public:
    using Answer = std::function<void()>;  ///< run on this object's thread
    using Work = std::function<Answer()>;  ///< run on the other thread; owns or shares what it reads

    /// Later: the same question about a run that grew. Now: another question; it does not wait for the rest.
    enum class Urgency { Later, Now };

    /// Answers to the same question are at least `pause` apart.
    explicit Background(std::chrono::milliseconds pause, QObject* parent = nullptr);
    ~Background() override;  ///< waits for what is in work

    void ask(Work work, Urgency urgency = Urgency::Later);
    /// Drops what waits and the answer of what is in work.
    void forget();
    bool is_idle() const { return !next_ && !is_working_; }

  private:
    void start();
    void take(std::uint64_t question, const Answer& answer, std::chrono::milliseconds took);

    QThreadPool pool_;
    QTimer rest_;
    std::chrono::milliseconds pause_;
    std::optional<Work> next_;
    bool is_next_urgent_ = false;
    bool is_working_ = false;
    std::uint64_t first_wanted_ = 0;  // answers to earlier questions are dropped
    std::uint64_t n_asked_ = 0;
};

}  // namespace moe::app
