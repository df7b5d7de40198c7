#pragma once

#include <QObject>
#include <QThreadPool>
#include <functional>
#include <memory>
#include <stop_token>

#include "render/scene/expert_arrangement.h"

namespace moe::app {

/// Sorts the experts of long runs on a thread of its own. Only the newest question is answered.
class Arranger : public QObject {
  public:
    using Arrangement = std::shared_ptr<const render::ExpertArrangement>;
    using Answer = std::function<void(Arrangement)>;  ///< on this object's thread

    /// Whether the run is so long that its experts are not sorted between two frames.
    static bool is_long_work(const TraceSnapshot& trace, const render::ArrangementChoice& choice);

    explicit Arranger(QObject* parent = nullptr);
    ~Arranger() override;  ///< stops what is in work

    void ask(TraceSnapshot trace, render::ArrangementChoice choice, Answer answer);
    /// There will be no answer to what was asked.
    void forget();
    bool is_idle() const { return is_idle_; }

  private:
    std::stop_source stop_;  // of the newest question
    bool is_idle_ = true;
    QThreadPool pool_;  // last: it ends before the rest goes
};

}  // namespace moe::app
