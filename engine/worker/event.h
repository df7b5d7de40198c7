#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/model.h"
#include "engine/session/sampler.h"
#include "engine/tokenizer/chat_template.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/trace/trace_store.h"
#include "engine/worker/command.h"

namespace moe {

/// How far a long command is: `done` of `total` in `unit`s ("tokens", "bytes").
struct Progress {
    std::string what;
    std::size_t done = 0;
    std::size_t total = 0;
    std::string unit;
};

/// A model is open; runs of the one before are gone from the engine (their traces stay readable).
struct ModelLoaded {
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    ChatTemplate chat_template;
    std::filesystem::path path;
    std::size_t n_ctx = 0;  ///< positions a run may have; fewer than the model's where memory is short
    double load_seconds = 0;
};

/// A run exists; `store` grows while it goes on and may be read from any thread.
struct RunStarted {
    RunId run = 0;
    std::optional<RunId> parent;
    std::size_t fork_pos = 0;
    std::string name;
    std::string prompt;
    SamplingParams sampling;
    bool is_chat = false;              ///< AppendMessage may go on with it
    std::size_t n_prompt_dropped = 0;  ///< tokens cut off the prompt's beginning to fit the context
    std::shared_ptr<const TraceStore> store;
};

/// Tokens or routing were added to the run's store. At most one waits in the mailbox for each run; it tells
/// of the run as it was then, the store may hold more.
struct RunGrew {
    RunId run = 0;
    std::size_t n_tokens = 0;
    std::size_t n_routed = 0;
    std::vector<Candidate> candidates;    ///< for position n_tokens, best first; empty during a prefill
    double tokens_per_second = 0;         ///< generation, measured over the last second; 0 unknown
    double prompt_tokens_per_second = 0;  ///< of the last prefill; 0 unknown
};

/// What could stand at a position of a run, as FindCandidates asked.
struct CandidatesFound {
    RunId run = 0;
    std::size_t position = 0;
    std::vector<Candidate> candidates;  ///< best first
};

enum class RunState { Prefilling, Paused, Running, AtEnd, ContextFull, Failed };

/// The present run changed its state. Failed: its prompt was not read (the run is gone and the one before
/// is the present one again), or the model's numbers broke down.
struct RunStateChanged {
    RunId run = 0;
    RunState state = RunState::Paused;
};

/// The state of the recording; `error` says why it stopped by itself.
struct RecordingChanged {
    bool is_recording = false;
    std::filesystem::path path;
    std::int64_t size_bytes = 0;
    std::optional<Error> error;
};

/// The command failed; what was there before is unchanged. `error.cancelled`: it was withdrawn.
struct CommandFailed {
    Error error;
};

/// The command is finished.
struct CommandDone {};

using EventBody = std::variant<Progress, ModelLoaded, RunStarted, RunGrew, CandidatesFound, RunStateChanged, RecordingChanged,
                               CommandFailed, CommandDone>;

/// What the engine tells. Events own or share what they mention: no pointer into the engine.
struct Event {
    RequestId request = 0;  ///< of the command that caused it
    EventBody body;
};

}  // namespace moe
