#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/thread_pool.h"
#include "engine/session/generate.h"
#include "engine/session/run_tree.h"
#include "engine/worker/command.h"
#include "engine/worker/event_sender.h"
#include "engine/worker/mailbox.h"
#include "engine/worker/model_loader.h"
#include "engine/worker/recording.h"
#include "engine/worker/speed_meter.h"
#include "engine/worker/work_in_progress.h"

namespace moe {

/// What the worker's thread does: obeys commands one after the other and tells events. Everything in it
/// belongs to that thread.
class WorkerEngine {
  public:
    WorkerEngine(std::size_t n_threads, Mailbox<Command>& commands, WorkInProgress& work, EventSender events)
        : commands_(&commands), work_(&work), events_(std::move(events)), pool_(std::in_place, n_threads) {}

    /// Until `stop`; then it closes what is open.
    void loop(const std::stop_token& stop);

  private:
    static constexpr std::size_t kCandidates = 20;  // told for a position
    using Clock = std::chrono::steady_clock;

    /// An open model and its runs.
    struct ModelSession {
        OpenModel open;
        Generation generation;
        RunTree runs;
    };
    struct FreeRun {
        RequestId request = 0;
        Clock::duration between_tokens{};  // 0: as fast as it goes
        bool ignore_end = false;
        Clock::time_point next_token;
    };
    struct RecordingInWork {
        Recording recording;
        RequestId request = 0;
        Clock::time_point reported;
    };

    // worker_engine.cpp: the loop, the model, the recording
    void obey(const Command& command);
    void answer(RequestId request, const Result<void>& result);
    Result<void> handle(const LoadModel& command);
    Result<void> handle(const SetThreads& command);
    Result<void> handle(const StartRecording& command);
    Result<void> handle(const StopRecording& command);
    Result<void> handle(const SetMarks& command);
    Result<void> handle(const Cancel& command);
    Result<Generation> make_generation(const OpenModel& open);
    void record(const Run& run);
    void note_status(const Run& run, RunStatus status);
    void end_recording(std::optional<Error> error);

    // worker_runs.cpp: making runs and choosing between them
    Result<void> handle(const StartRun& command);
    Result<void> handle(const AppendMessage& command);
    Result<void> handle(const ContinueFrom& command);
    Result<void> handle(const FindCandidates& command);
    Result<void> handle(const SelectRun& command);
    Result<void> handle(const RenameRun& command);
    Result<void> handle(const SetSampling& command);
    Result<Prompt> encode(const StartRun& command) const;
    ChatTemplate chat_template(Thinking thinking) const;
    Result<Run*> find_run(RunId run);
    Result<void> check_position(const Run& run, std::size_t position) const;
    Result<void> check_branch(const ContinueFrom& command, const Run& parent) const;
    Result<void> read(Run& run, std::size_t end, const std::stop_token& stop, const std::string& what);
    void announce(const Run& run, std::size_t n_prompt_dropped);
    void drop_unread(const Run& run, const Error& reason);
    void make_present(Run& run);

    // worker_tokens.cpp: going on with the present run
    Result<void> handle(const Step& command);
    Result<void> handle(const RunFreely& command);
    Result<void> handle(const Pause& command);
    Result<Run*> run_with_room(bool ignore_end);
    bool has_nothing_to_do(RequestId after, bool ignore_end) const;
    Result<void> take_step(Run& run, RunNewest newest);
    void take_free_step();
    void end_free_run(const Result<void>& result);
    void finish_running(Run& run, const Result<void>& result);
    void set_state(RunState state);
    RunState resting_state(const Run& run) const;
    enum class Growth { Passing, Last };
    void tell_growth(const Run& run, Growth growth);

    Mailbox<Command>* commands_;
    WorkInProgress* work_;
    EventSender events_;
    std::optional<ThreadPool> pool_;  // always there; SetThreads puts another into its place
    ModelLoader loader_;
    std::unique_ptr<ModelSession> session_;
    Run* present_ = nullptr;         // of session_->runs
    std::optional<RunState> state_;  // of present_, as told
    std::optional<FreeRun> free_run_;
    std::optional<RecordingInWork> recording_;
    std::vector<TraceMark> marks_;  // of the runs of the model
    SpeedMeter speed_;
    double prompt_tokens_per_second_ = 0;
    RequestId request_ = 0;  // of the command in work
    RequestId failed_beginning_ = 0;  // the newest StartRun, AppendMessage or ContinueFrom that failed
};

}  // namespace moe
