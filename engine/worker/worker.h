#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "engine/worker/command.h"
#include "engine/worker/event.h"
#include "engine/worker/mailbox.h"

namespace moe {

/// The thread that owns the engine. `post` commands from one thread; take events in the same thread when
/// `on_event` (called in the worker's thread, must only wake somebody) says that some wait.
///
/// Commands are obeyed in order, but a command that interrupts (LoadModel, StartRun, AppendMessage,
/// ContinueFrom, SelectRun, Pause, Cancel) ends a free run and a Step at the next token. Cancel, LoadModel and StartRun
/// also stop a prefill, Cancel and LoadModel a load, within 50 ms, be they in work or still waiting.
/// Every command is answered by CommandDone or CommandFailed; a run that was interrupted is done.
class Worker {
  public:
    struct Options {
        std::size_t n_threads = 0;       ///< of the compute pool; 0: all cores
        bool yields_to_window = false;   ///< a lower priority (nice 10) for the engine's threads
        std::function<void()> on_event;  ///< may be empty
    };
    explicit Worker(Options options);
    ~Worker();  ///< stops within a token, closes the recording
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Returns the id that the answers will carry.
    RequestId post(CommandBody command);

    std::optional<Event> take_event();                      ///< nothing when none waits
    std::optional<Event> wait_event(std::stop_token stop);  ///< for tests and the command line

  private:
    class Engine;  // lives in the thread
    std::unique_ptr<Engine> engine_;
};

}  // namespace moe
