#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/session/generate.h"
#include "engine/session/prompt.h"
#include "engine/session/sampler.h"
#include "engine/trace/trace_shape.h"
#include "engine/trace_io/moetrace_writer.h"
#include "engine/trace_io/trace_marks.h"

namespace moe {

/// Tells answers apart: every command carries one, every event repeats that of the command it answers.
using RequestId = std::uint64_t;

/// Opens a model in place of the present one, which stays if this fails.
struct LoadModel {
    std::filesystem::path path;
};

/// Starts a new run: tokenizes `prompt` (BOS and special tokens as the model asks) and reads it. An empty
/// prompt starts from BOS. The run is paused at its end.
struct StartRun {
    std::string prompt;
    SamplingParams sampling;
    bool truncate_to_context = false;  ///< keep the end of a prompt that is too long
    std::size_t n_room = 64;           ///< positions that truncating leaves free, at most half of the context
    std::optional<ChatOpening> chat = {};  ///< in place of `prompt`: a conversation, in the model's chat format
    Thinking thinking = Thinking::Unsaid;  ///< of the chat's answer
};

/// Puts the user's next message at the end of the present run, a chat, and reads it. The run is paused at its
/// end, where the assistant begins. What a Cancel leaves unread is read by whatever goes on with the run.
struct AppendMessage {
    std::string message;
    Thinking thinking = Thinking::Unsaid;  ///< of its answer
};

/// Generates `n_tokens` tokens and pauses; 1 is a step. Ends earlier at an end token, where the context is
/// full, or when interrupted (not before the first token, unless by Pause or Cancel).
struct Step {
    std::size_t n_tokens = 1;
    bool ignore_end = false;                ///< go on past end tokens
    RunNewest run_newest = RunNewest::Now;  ///< Later leaves the last token without routing (and candidates)
    /// Of a StartRun, AppendMessage or ContinueFrom just before: cancelled where that failed, and nothing to do
    /// where the run it left has ended.
    RequestId after = 0;
};

/// Generates until paused, at an end token, or where the context is full; answered then. Another RunFreely
/// takes its place, so that the speed can be changed.
struct RunFreely {
    double tokens_per_second = 0;  ///< 0: as fast as the engine can
    bool ignore_end = false;       ///< go on past end tokens
    RequestId after = 0;           ///< as in Step
};

/// Finishes the token in work and waits. Nothing is lost.
struct Pause {};

/// A branch: a new run that shares `run`'s positions before `position` and goes on from there, paused.
/// With `token`, that token is put at `position` first. 1 <= position <= tokens of `run`.
struct ContinueFrom {
    RunId run = 0;
    std::size_t position = 0;
    std::optional<std::int32_t> token;
    /// Draws are a function of seed and position: the seed that the run had draws the same future again.
    /// Nothing: as the run had, with a seed of the branch's own (the run's plus its number of branches).
    std::optional<SamplingParams> sampling;
};

/// Tells the candidates for a position of `run`, CandidatesFound: for the next token (position = tokens of
/// `run`), or what else an earlier one could have been. The run is read again up to there where it has to
/// be, and by whatever goes on with it from there on. 1 <= position <= tokens of `run`.
struct FindCandidates {
    RunId run = 0;
    std::size_t position = 0;
};

/// Makes an earlier run the one that Step and RunFreely go on with, at its own end.
struct SelectRun {
    RunId run = 0;
};

/// Another name for a run, in the recording too.
struct RenameRun {
    RunId run = 0;
    std::string name;
};

/// Changes how the present run draws its next tokens.
struct SetSampling {
    SamplingParams sampling;
};

/// Computes with `n_threads` threads from now on, 0 for all cores; a run that goes on does so at once.
struct SetThreads {
    std::size_t n_threads = 0;
};

/// Records every run of the present model, the ones made so far included, to `path` from now on.
struct StartRecording {
    std::filesystem::path path;
    MoetraceWriter::IfExists if_exists = MoetraceWriter::IfExists::Refuse;
    RecordColumns columns;
};
struct StopRecording {};

/// The notes on runs of the present model, in place of those that were there; a mark's run is as the worker
/// counts runs. A recording has them as long as it goes on, and when it ends.
struct SetMarks {
    std::vector<TraceMark> marks;
};

/// Gives up what is in work: a load, a prefill, a run. The state before it stays; tokens that were generated
/// stay too, the last one perhaps without routing until the next step. In a recording the run is `stopped`.
struct Cancel {};

using CommandBody = std::variant<LoadModel, StartRun, AppendMessage, Step, RunFreely, Pause, ContinueFrom,
                                 FindCandidates, SelectRun, RenameRun, SetSampling, SetThreads, StartRecording,
                                 StopRecording, SetMarks, Cancel>;

struct Command {
    RequestId request = 0;
    CommandBody body;
};

}  // namespace moe
