#include "engine/worker/worker_engine.h"

#include <algorithm>
#include <utility>

namespace moe {
namespace {

constexpr std::size_t kSmallestContext = 512;  // below this a model is of no use
constexpr std::size_t kMostThreads = 1024;
constexpr auto kRecordingReport = std::chrono::seconds(1);

template <class Wanted>
bool is(const Command& command) {
    return std::holds_alternative<Wanted>(command.body);
}

bool ends_free_run(const Command& command) {
    return ends(command.body, WorkKind::Run) || is<Step>(command) || is<RunFreely>(command);
}

}  // namespace

void WorkerEngine::loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const std::optional<Command> command =
            free_run_ ? commands_->wait_until(stop, free_run_->next_token) : commands_->wait(stop);
        if (stop.stop_requested()) break;
        if (command) {
            obey(*command);
        } else if (free_run_) {
            take_free_step();
        }
    }
    if (free_run_) end_free_run({});
    end_recording(std::nullopt);
}

void WorkerEngine::obey(const Command& command) {
    if (free_run_ && ends_free_run(command)) end_free_run({});
    request_ = command.request;
    const Result<void> result = std::visit([this](const auto& body) { return handle(body); }, command.body);
    if (!result && (is<StartRun>(command) || is<AppendMessage>(command) || is<ContinueFrom>(command)))
        failed_beginning_ = request_;
    if (is<RunFreely>(command) && result && free_run_) return;  // answered when the run ends
    answer(command.request, result);
}

void WorkerEngine::answer(RequestId request, const Result<void>& result) {
    if (result) {
        events_.post(request, CommandDone{});
    } else {
        events_.post(request, CommandFailed{result.error()});
    }
}

Result<void> WorkerEngine::handle(const LoadModel& command) {
    const Clock::time_point began = Clock::now();
    const std::stop_token stop = work_->begin(request_, WorkKind::Load);
    MOE_TRY(OpenModel open, loader_.load(command.path, stop));
    MOE_TRY(Generation generation, make_generation(open));
    if (stop.stop_requested()) return cancelled_error();

    end_recording(std::nullopt);
    marks_.clear();
    present_ = nullptr;
    state_.reset();
    const ModelSpec& spec = open.model->spec;
    RunTree runs(trace_shape_of(spec), trace_gating_of(spec));
    session_ = std::make_unique<ModelSession>(
        ModelSession{.open = std::move(open), .generation = std::move(generation), .runs = std::move(runs)});
    events_.post(request_,
                 ModelLoaded{.model = session_->open.model,
                             .tokenizer = session_->open.tokenizer,
                             .chat_template = session_->open.chat_template,
                             .path = command.path,
                             .n_ctx = session_->generation.n_ctx(),
                             .load_seconds = std::chrono::duration<double>(Clock::now() - began).count()});
    return {};
}

/// The new pool has the place of the old one, so that who has its address goes on with it.
Result<void> WorkerEngine::handle(const SetThreads& command) {
    if (command.n_threads > kMostThreads) {
        return make_error("threads: {} are too many; choose at most {}", command.n_threads, kMostThreads);
    }
    pool_.emplace(command.n_threads);
    return {};
}

/// With the longest context that the model was made for and the memory allows.
Result<Generation> WorkerEngine::make_generation(const OpenModel& open) {
    std::size_t n_ctx = std::min(open.model->spec.n_ctx, n_ctx_that_fits(open.model->spec));
    while (true) {
        Result<Generation> made = Generation::create(
            {.model = open.model, .tokenizer = open.tokenizer, .n_ctx = n_ctx, .watched = true}, *pool_);
        if (made || n_ctx / 2 < kSmallestContext) return made;
        n_ctx /= 2;
    }
}

Result<void> WorkerEngine::handle(const StartRecording& command) {
    if (!session_) return make_error("recording: no model is open; open one first");
    if (recording_) {
        return make_error("recording: goes on to {} already; stop that first",
                          recording_->recording.path().string());
    }
    MOE_TRY(Recording recording, Recording::start(command, session_->open, pool_->n_threads()));
    for (const std::unique_ptr<Run>& run : session_->runs.runs()) MOE_TRY(recording.follow(*run));
    MOE_TRY(recording.put_marks(marks_));
    recording_ =
        RecordingInWork{.recording = std::move(recording), .request = request_, .reported = Clock::now()};
    events_.post(request_, RecordingChanged{.is_recording = true,
                                            .path = command.path,
                                            .size_bytes = recording_->recording.size_bytes(),
                                            .error = std::nullopt});
    return {};
}

Result<void> WorkerEngine::handle(const StopRecording&) {
    if (recording_ && free_run_) note_status(*present_, RunStatus::Stopped);
    if (recording_) recording_->request = request_;
    end_recording(std::nullopt);
    return {};
}

Result<void> WorkerEngine::handle(const SetMarks& command) {
    marks_ = command.marks;
    return recording_ ? recording_->recording.put_marks(marks_) : Result<void>();
}

/// What was in work has seen its stop token by now.
Result<void> WorkerEngine::handle(const Cancel&) { return {}; }

/// Brings the recording, if there is one, up to the run. Its failure ends the recording and nothing else.
void WorkerEngine::record(const Run& run) {
    if (!recording_) return;
    const Result<void> result = recording_->recording.follow(run);
    if (!result) return end_recording(result.error());
    const Clock::time_point now = Clock::now();
    if (now - recording_->reported < kRecordingReport) return;
    recording_->reported = now;
    events_.post(recording_->request, RecordingChanged{.is_recording = true,
                                                       .path = recording_->recording.path(),
                                                       .size_bytes = recording_->recording.size_bytes(),
                                                       .error = std::nullopt});
}

void WorkerEngine::note_status(const Run& run, RunStatus status) {
    if (recording_) recording_->recording.note_status(run.id, status);
}

/// Closes the file and says so. `error` is why the recording cannot go on, if that is so.
void WorkerEngine::end_recording(std::optional<Error> error) {
    if (!recording_) return;
    RecordingInWork ended = *std::exchange(recording_, std::nullopt);
    const Result<void> marked = ended.recording.put_marks(marks_);  // of runs that came later, too
    const Result<void> closed = ended.recording.close();
    if (!error && !marked) error = marked.error();
    if (!error && !closed) error = closed.error();
    events_.post(ended.request, RecordingChanged{.is_recording = false,
                                                 .path = ended.recording.path(),
                                                 .size_bytes = ended.recording.size_bytes(),
                                                 .error = std::move(error)});
}

}  // namespace moe
