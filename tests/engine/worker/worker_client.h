#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/worker/worker.h"
#include "tests/support/paths.h"

namespace moe::test {

inline constexpr const char* kStory = "Once upon a time there was a little fox who lived in the forest.";

inline std::filesystem::path embedded_model() { return asset_file("models/early-d192-l6.gguf"); }

/// A worker with a memory: posts commands, waits for their answers and keeps every event on the way.
class WorkerClient {
  public:
    explicit WorkerClient(std::function<void()> on_event = {})
        : worker_({.n_threads = 2, .yields_to_window = false, .on_event = std::move(on_event)}) {}

    /// From one thread at a time: the caller's, or `on_event`'s while the caller waits.
    RequestId post(CommandBody command) { return worker_.post(std::move(command)); }

    /// The answer to `request`; events that came before it are in `events`.
    Result<void> wait(RequestId request) {
        while (!answers_.contains(request)) take_one();
        return answers_.at(request);
    }
    Result<void> call(CommandBody command) { return wait(post(std::move(command))); }

    /// Waits until an event comes for which `predicate` holds.
    void wait_for(const std::function<bool(const Event&)>& predicate) {
        do {
            take_one();
        } while (!predicate(events.back()));
    }

    /// The newest event of that kind; there must be one.
    template <class T>
    const T& last() const {
        const T* found = nullptr;
        for (const Event& event : events) {
            if (const auto* body = std::get_if<T>(&event.body)) found = body;
        }
        MOE_CHECK(found != nullptr);
        return *found;
    }
    template <class T>
    std::vector<T> all_of(RequestId request) const {
        std::vector<T> found;
        for (const Event& event : events) {
            const auto* body = std::get_if<T>(&event.body);
            if (body != nullptr && event.request == request) found.push_back(*body);
        }
        return found;
    }

    /// A model is open, and `prompt` is read as run 1.
    RunId start_story(const SamplingParams& sampling = {.temperature = 0}) {
        call(LoadModel{embedded_model()}).value();
        return start(kStory, sampling);
    }
    RunId start(const std::string& prompt, const SamplingParams& sampling = {.temperature = 0}) {
        StartRun command;
        command.prompt = prompt;
        command.sampling = sampling;
        call(command).value();
        return last<RunStarted>().run;
    }
    void step(std::size_t n_tokens, bool ignore_end = true) {
        Step command;
        command.n_tokens = n_tokens;
        command.ignore_end = ignore_end;
        call(command).value();
    }
    TraceSnapshot trace(RunId run) const { return stores.at(run)->snapshot(); }
    std::vector<TokenId> tokens(RunId run) const {
        const TraceSnapshot snapshot = trace(run);
        std::vector<TokenId> ids;
        for (std::size_t position = 0; position < snapshot.n_tokens(); ++position)
            ids.push_back(snapshot.token(position).id);
        return ids;
    }

    std::vector<Event> events;
    std::map<RunId, std::shared_ptr<const TraceStore>> stores;
    std::map<RequestId, std::size_t> n_answers;

  private:
    void take_one() {
        Event event = *worker_.wait_event({});
        if (const auto* started = std::get_if<RunStarted>(&event.body)) stores[started->run] = started->store;
        if (std::holds_alternative<CommandDone>(event.body)) note_answer(event.request, {});
        if (const auto* failed = std::get_if<CommandFailed>(&event.body))
            note_answer(event.request, failed->error);
        events.push_back(std::move(event));
    }
    void note_answer(RequestId request, const Result<void>& result) {
        answers_.insert({request, result});
        ++n_answers[request];
    }

    std::map<RequestId, Result<void>> answers_;
    Worker worker_;
};

inline ContinueFrom continue_from(RunId run, std::size_t position) {
    ContinueFrom command;
    command.run = run;
    command.position = position;
    return command;
}

inline std::vector<RunState> states_of(const WorkerClient& client, RequestId request) {
    std::vector<RunState> states;
    for (const RunStateChanged& change : client.all_of<RunStateChanged>(request))
        states.push_back(change.state);
    return states;
}

/// A prompt of a few chunks that fits the embedded model's context.
inline std::string long_text() {
    std::string text;
    for (int repeat = 0; repeat < 15; ++repeat) text += kStory;
    return text;
}

}  // namespace moe::test
