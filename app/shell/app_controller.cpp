#include "app/shell/app_controller.h"

#include <algorithm>
#include <chrono>

#include "app/viewport/assets.h"

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kPromptPause = 60ms;    // tokens of the prompt are counted when typing rests
constexpr auto kListInterval = 100ms;  // texts and numbers refresh at most 10 times a second
constexpr auto kPictureInterval = 30ms;
constexpr auto kSparingPictureInterval = 80ms;  // where the engine has every core
constexpr std::size_t kStepsInFlightMax = 2;

QString file_name(const std::filesystem::path& path) {
    return QString::fromStdString(path.filename().string());
}

template <class Interval>
void set_up(QTimer& timer, Interval interval) {
    timer.setSingleShot(true);
    timer.setInterval(interval);
}

}  // namespace

AppController::AppController(QObject* parent) : QObject(parent) {
    set_up(prompt_timer_, kPromptPause);
    set_up(change_timer_, 0ms);
    set_up(growth_timer_, kListInterval);
    set_up(picture_timer_, kPictureInterval);
    run_names_.setMaxThreadCount(1);
    connect(&prompt_timer_, &QTimer::timeout, this, &AppController::count_prompt_tokens);
    connect(&change_timer_, &QTimer::timeout, this, [this] {
        Q_EMIT picture_changed();
        Q_EMIT changed();
    });
    connect(&growth_timer_, &QTimer::timeout, this, &AppController::changed);
    connect(&picture_timer_, &QTimer::timeout, this, &AppController::picture_changed);
    connect(&replay_timer_, &QTimer::timeout, this, &AppController::replay_one);
    connect(&engine_, &EngineClient::event_arrived, this, &AppController::handle);
    connect_traces();
    connect_beside();
}

bool AppController::is_idle() const {
    for (const QTimer* timer :
         {&prompt_timer_, &change_timer_, &growth_timer_, &picture_timer_, &replay_timer_}) {
        if (timer->isActive()) return false;
    }
    return pending_.empty() && n_names_in_work_ == 0 && !is_trace_wanted_ && !state_.beside.run &&
           !state_.is_generating();
}

void AppController::touch() {
    if (!change_timer_.isActive()) change_timer_.start();
}

void AppController::touch_while_growing() {
    if (!growth_timer_.isActive()) growth_timer_.start();
    if (picture_timer_.isActive()) return;
    // A frame takes its time from the engine unless a core is free.
    picture_timer_.start(n_threads_ >= n_cores() ? kSparingPictureInterval : kPictureInterval);
}

RequestId AppController::post(CommandBody command, Pending pending) {
    const RequestId request = engine_.post(std::move(command));
    pending_[request] = std::move(pending);
    return request;
}

void AppController::open_file(const std::filesystem::path& path) {
    const bool is_trace = looks_like_trace(path);
    if (!is_trace) drop_reading();
    state_.busy = {.text = tr("Opening %1").arg(file_name(path))};
    touch();
    if (is_trace) {
        is_trace_wanted_ = true;
        opened_file_.reset();
        return traces_.open(path);
    }
    post(LoadModel{path}, {.title = tr("Could not open %1").arg(file_name(path)),
                           .retry = [this, path] { Q_EMIT file_wanted(path); },
                           .is_load = true});
}

void AppController::open_embedded_model() {
    const Result<std::string> path = embedded_model_path();
    if (!path)
        return report(tr("Could not open the embedded model"), path.error(),
                      [this] { open_embedded_model(); });
    open_file(*path);
}

void AppController::set_prompt(const QString& prompt) {
    if (prompt == state_.prompt) return;
    state_.prompt = prompt;
    prompt_timer_.start();
}

void AppController::count_prompt_tokens() {
    state_.prompt_tokens.clear();
    if (state_.model && state_.model->tokenizer) {
        const Tokenizer& tokenizer = *state_.model->tokenizer;
        for (const TokenId id : encode_prompt_or_message()) {
            state_.prompt_tokens.push_back(
                {.id = id, .bytes = std::string(tokenizer.bytes(id)), .logprob = {}});
        }
    }
    touch();
}

/// As the engine will.
std::vector<TokenId> AppController::encode_prompt_or_message() const {
    const ModelState& model = *state_.model;
    const std::string text = state_.prompt.toStdString();
    if (!state_.is_chat) return model.tokenizer->encode(text, {});
    if (text.empty()) return {};
    if (!goes_on_with_chat(state_)) {
        return encode_chat(*model.tokenizer, model.chat_template,
                           messages_of({.system = state_.system_message.toStdString(), .message = text}));
    }
    const TraceSnapshot& trace = state_.shown_run()->snapshot;
    std::optional<TokenId> end;
    if (trace.n_tokens() > 0) {
        const TokenRecord& last = trace.token(trace.n_tokens() - 1);
        const bool ends_line = model.chat_template.answers_are_lines() && last.bytes.ends_with('\n');
        const bool ends = model.tokenizer->is_end(last.id) || ends_line;
        if (last.phase == Phase::Decode && ends) end = last.id;
    }
    return encode_next_turn(*model.tokenizer, model.chat_template, text, end);
}

void AppController::set_chat(bool is_chat) {
    if (is_chat == state_.is_chat) return;
    state_.is_chat = is_chat;
    count_prompt_tokens();
}

void AppController::set_thinking(Thinking thinking) {
    if (thinking == state_.thinking) return;
    state_.thinking = thinking;
    if (state_.model) state_.model->chat_template = state_.model->chat_template.with_thinking(thinking);
    count_prompt_tokens();
}

void AppController::set_system_message(const QString& message) {
    if (message == state_.system_message) return;
    state_.system_message = message;
    prompt_timer_.start();
}

void AppController::set_threads(std::size_t n_threads) {
    n_threads_ = n_threads > 0 ? n_threads : threads_beside_window(n_cores());
    post(SetThreads{n_threads_},
         {.title = tr("Could not change the number of threads"), .retry = {}});
}

void AppController::set_sampling(const SamplingParams& sampling) {
    if (sampling == state_.sampling) return;
    state_.sampling = sampling;
    RunEntry* run = shown_run();
    if (run == nullptr || state_.shows_trace()) return;
    run->sampling = sampling;
    const bool was_running = run->state == RunState::Running;
    if (was_running) post(Pause{}, {});
    post(SetSampling{sampling}, {.title = tr("Could not change the sampling"), .retry = {}});
    if (was_running) post(RunFreely{state_.speed}, {.title = tr("Could not go on"), .retry = {}});
}

void AppController::set_speed(double tokens_per_second) {
    if (tokens_per_second == state_.speed) return;
    state_.speed = tokens_per_second;
    if (state_.is_replaying) start_replay();
    const RunEntry* run = shown_run();
    if (run != nullptr && run->state == RunState::Running && !state_.shows_trace()) {
        post(Pause{}, {});
        post(RunFreely{state_.speed}, {.title = tr("Could not go on"), .retry = {}});
    }
    touch();
}

void AppController::run_prompt(Then then) { start_run(then, /*cuts_beginning*/ false); }

// A prompt that is too long is offered again without its beginning.
void AppController::start_run(Then then, bool cuts_beginning) {
    if (!why_not_run_prompt(state_).isEmpty()) return;
    if (prompt_timer_.isActive()) {
        prompt_timer_.stop();
        count_prompt_tokens();
    }
    stop_replay();
    state_.follows = true;
    state_.selection.token.reset();
    StartRun command{.prompt = state_.prompt.toStdString(),
                     .sampling = state_.sampling,
                     .truncate_to_context = cuts_beginning};
    if (state_.is_chat) {
        command.chat = ChatOpening{.system = state_.system_message.toStdString(), .message = command.prompt};
        command.thinking = state_.thinking;
    }
    Pending pending{.title = tr("Could not run the prompt"),
                    .retry = {},
                    .has_system = state_.is_chat && !state_.system_message.isEmpty(),
                    .message = state_.is_chat ? state_.prompt : QString()};
    if (state_.prompt_tokens.size() > state_.model->n_ctx) {
        pending.retry = [this, then] { start_run(then, /*cuts_beginning*/ true); };
        pending.retry_words = tr("Cut its beginning off");
    }
    const RequestId start = post(std::move(command), std::move(pending));
    if (then == Then::Step) generate(1, start);
    if (then == Then::Run) run_freely_after(start);
    touch();
}

void AppController::send_message() {
    if (prompt_timer_.isActive()) {
        prompt_timer_.stop();
        count_prompt_tokens();
    }
    if (!why_not_send(state_).isEmpty()) return;
    select_last();
    run_freely_after(
        post(AppendMessage{.message = state_.prompt.toStdString(), .thinking = state_.thinking},
             {.title = tr("Could not send the message"), .retry = {}, .message = state_.prompt}));
    touch();
}

void AppController::run_freely_after(RequestId beginning) {
    post(RunFreely{.tokens_per_second = state_.speed, .after = beginning},
         {.title = tr("Could not generate"), .retry = {}});
}

void AppController::run_or_send() {
    if (goes_on_with_chat(state_)) {
        send_message();
    } else {
        run_prompt(Then::Run);
    }
}

void AppController::play_or_pause() {
    if (state_.is_generating()) {
        post(Pause{}, {});
        return;
    }
    if (state_.is_replaying || plays_record(state_)) return replay_or_pause();
    if (!why_not_generate(state_).isEmpty()) return;
    if (state_.shown_run() == nullptr) return run_prompt(Then::Run);
    state_.follows = true;
    post(RunFreely{state_.speed}, {.title = tr("Could not generate"), .retry = {}});
}

void AppController::generate(std::size_t n_tokens, RequestId after) {
    post(Step{.n_tokens = n_tokens, .after = after},
         {.title = tr("Could not generate the next token"), .retry = {}, .is_step = true});
}

void AppController::step_forward() {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr) return run_prompt(Then::Step);
    const std::size_t n_tokens = run->snapshot.n_tokens();
    const std::size_t next = state_.selection.token ? *state_.selection.token + 1 : 0;
    if (next < n_tokens) {
        if (next + 1 == n_tokens) state_.follows = true;
        return select_token(next);
    }
    if (state_.is_generating() || !why_not_generate(state_).isEmpty()) return;
    const auto in_flight = std::count_if(pending_.begin(), pending_.end(),
                                         [](const auto& entry) { return entry.second.is_step; });
    if (static_cast<std::size_t>(in_flight) < kStepsInFlightMax) generate(1);
}

// As the run has it, which draws anew; what was edited since then goes before.
std::optional<SamplingParams> AppController::sampling_of_branch() const {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || run->sampling == state_.sampling) return std::nullopt;
    return state_.sampling;
}

void AppController::continue_from_selection() {
    if (!why_not_continue(state_).isEmpty()) return;
    run_freely_after(
        post(ContinueFrom{.run = state_.shown->id,
                          .position = *state_.selection.token + 1,
                          .token = {},
                          .sampling = sampling_of_branch()},
             {.title = tr("Could not continue from token %1").arg(*state_.selection.token), .retry = {}}));
}

void AppController::show_run(RunKey key) {
    const auto found = state_.runs.find(key);
    if (found == state_.runs.end() || state_.shown == key) return;
    remember_place();
    stop_replay();
    const bool is_cut_off = found->second.is_partly_read && reading_ != key;
    if (found->second.store == nullptr || is_cut_off) {
        is_trace_wanted_ = true;
        state_.busy = {.text = tr("Reading %1").arg(found->second.name)};
        traces_.read_run(state_.trace_path, key.id);
        return touch();
    }
    if (key.source == RunKey::Source::Engine) {
        post(SelectRun{key.id},
             {.title = tr("Could not go back to %1").arg(found->second.name), .retry = {}});
        state_.sampling = found->second.sampling;
    } else if (state_.is_generating()) {
        post(Pause{}, {});
    }
    n_judged_ = found->second.snapshot.n_routed();
    state_.paused_at.reset();
    state_.shown = key;
    keep_selection_inside();
    remember_place();
    touch();
}

void AppController::cancel() {
    if (state_.busy.text.isEmpty()) return stop_beside();
    drop_reading();
    post(Cancel{}, {});
}

void AppController::start_recording(const std::filesystem::path& path, MoetraceWriter::IfExists if_exists) {
    post(StartRecording{.path = path, .if_exists = if_exists, .columns = {}},
         {.title = tr("Could not record to %1").arg(file_name(path)),
          .retry = [this, path, if_exists] { start_recording(path, if_exists); }});
}

void AppController::stop_recording() {
    post(StopRecording{}, {.title = tr("Could not finish the recording"), .retry = {}});
}

void AppController::set_engine_marks(const std::vector<TraceMark>& marks) {
    post(SetMarks{marks}, {.title = tr("Could not keep the notes in the recording"), .retry = {}});
}

}  // namespace moe::app
