#pragma once

#include <QObject>
#include <atomic>
#include <memory>

#include "engine/worker/worker.h"

namespace moe::app {

/// Cores that this process may use.
std::size_t n_cores();
/// Compute threads where the user has not chosen: all cores, less one for the window if there are more than
/// two.
std::size_t threads_beside_window(std::size_t n_cores);

/// The engine's worker as a citizen of the GUI thread: its events arrive as a signal in this thread, in
/// order. Reports of progress that a later command made stale are dropped.
class EngineClient : public QObject {
    Q_OBJECT
  public:
    explicit EngineClient(QObject* parent = nullptr);
    ~EngineClient() override;  ///< waits for the token in work, closes the recording

    RequestId post(CommandBody command);

  Q_SIGNALS:
    void event_arrived(const moe::Event& event);

  private:
    void wake();
    void drain();

    std::atomic<bool> is_awake_ = false;  // a drain is queued already
    RequestId first_fresh_ = 0;           // of the last command that gave up what was in work
    std::unique_ptr<Worker> worker_;      // last: it calls wake() until it is gone
};

}  // namespace moe::app
