#pragma once

#include <QString>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "app/docks/find_query.h"
#include "app/docks/run_key.h"
#include "app/docks/timeline_model.h"
#include "app/shell/known_candidates.h"
#include "engine/worker/event.h"
#include "render/scene/view_state.h"

namespace moe::app {

/// What else can be done about a failure.
enum class Remedy { None, OtherFile };

/// Something that did not work, for the banner. What was open before is unchanged.
struct Failure {
    QString title;  ///< the thing and that it failed
    QString reason;
    QString advice;               ///< what to do; may be empty
    QString details;              ///< to be copied into a report
    std::function<void()> retry;  ///< may be empty
    Remedy remedy = Remedy::None;
    QString retry_words = {};     ///< on its button; empty: that it is tried again
};

/// The open model.
struct ModelState {
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    ChatTemplate chat_template;
    std::size_t n_ctx = 0;  ///< positions a run may have
    std::filesystem::path path;
    QString name;              ///< short, for the status bar
    bool is_embedded = false;  ///< the tiny teaching model
    TraceShape shape;          ///< what its traces will have; no layers for a dense model
};

/// A run of the engine or of an open trace.
struct RunEntry {
    RunKey key;
    std::optional<RunKey> parent;
    std::size_t fork_pos = 0;
    QString name;
    bool is_imported = false;  ///< of a trace: it was made by another program
    QString prompt;
    SamplingParams sampling;
    bool is_chat = false;                     ///< shown as turns; an engine's can be gone on with
    bool has_system = false;                  ///< of a chat: it began with a system message
    bool was_read = false;                    ///< its prompt, to the end
    std::shared_ptr<const TraceStore> store;  ///< null for a trace's run that was not read yet
    bool is_partly_read = false;              ///< of a trace's run: its store is not complete
    QString unreadable;                       ///< why it could not be read beside another one, or empty
    bool is_left_unread = false;              ///< the user stopped its being read beside another run
    TraceSnapshot snapshot;                   ///< of the store, as last told
    std::size_t n_tokens = 0;
    std::size_t n_recorded = 0;  ///< of an engine's run: tokens that a recording which has ended holds
    RunState state = RunState::Paused;
    KnownCandidates candidates;           ///< of an engine's run, for positions of its own and the next one
    double tokens_per_second = 0;         ///< 0: unknown
    double prompt_tokens_per_second = 0;  ///< 0: unknown
};

/// What is being recorded to disk.
struct RecordingState {
    bool is_recording = false;
    std::filesystem::path path;
    std::int64_t size_bytes = 0;
};

/// A run of the open trace that is read while another one is shown.
struct BesideState {
    std::optional<RunKey> run;  ///< nothing: none is read
    double share = 0;           ///< of it that is there
};

/// How far the longest work at hand is.
struct BusyState {
    QString text;       ///< empty: nothing is in work
    double share = -1;  ///< 0 to 1, below 0 unknown
};

/// Everything the window shows, as plain values. AppController alone changes it.
struct AppState {
    std::optional<ModelState> model;
    std::filesystem::path trace_path;  ///< empty: no trace is open
    QString trace_model;               ///< the model that made the trace; empty: nobody says
    std::uint64_t trace_number = 0;    ///< counts what was opened: the same file may be opened anew; 0: none
    std::map<RunKey, RunEntry> runs;
    std::optional<RunKey> shown;  ///< the run in the picture
    render::CellRef selection;
    bool follows = true;
    std::optional<TokenRange> range;      ///< lights every view; of the run that is shown
    bool loops = false;                   ///< the range is played again and again
    std::optional<FindQuery> pause_rule;  ///< generating pauses at a new token that it finds
    std::optional<std::size_t> paused_at;  ///< the token at which it did, until the run goes on
    bool is_replaying = false;            ///< the cursor moves through what is recorded
    double speed = 8;  ///< tokens a second: as fast as one can read; 0 as fast as the engine can
    SamplingParams sampling;
    QString prompt;
    bool is_chat = false;                    ///< the prompt is a message
    QString system_message;                  ///< of the next new chat; may be empty
    Thinking thinking = Thinking::Unsaid;    ///< of the next answer, where the template knows it
    std::vector<TokenRecord> prompt_tokens;  ///< as the model would read the prompt, or the next message
    RecordingState recording;
    BesideState beside;
    BusyState busy;

    const RunEntry* shown_run() const {
        if (!shown) return nullptr;
        const auto found = runs.find(*shown);
        return found == runs.end() ? nullptr : &found->second;
    }
    bool shows_trace() const { return shown && shown->source == RunKey::Source::Trace; }
    bool is_generating() const {
        const RunEntry* run = shown_run();
        return run != nullptr && (run->state == RunState::Running || run->state == RunState::Prefilling);
    }
};

/// Whether the prompt is a message to the chat that is shown, not the beginning of a run.
bool goes_on_with_chat(const AppState& state);
/// Why the message cannot go to the end of that chat now; empty when it can.
QString why_not_send(const AppState& state);
/// Why nothing can be generated now, for a tooltip; empty when it can.
QString why_not_generate(const AppState& state);
/// Whether Play moves the cursor through what is recorded in place of generating.
bool plays_record(const AppState& state);
/// Why nothing can be played now; empty when it can.
QString why_not_play(const AppState& state);
/// The same for a new run of the prompt.
QString why_not_run_prompt(const AppState& state);
/// The same for a branch at the selection.
QString why_not_continue(const AppState& state);
/// Why the run rests, "Paused at token 53, a hit of …"; empty where the user knows.
QString why_paused(const AppState& state);
/// "Generating", "Paused", "Paused at a hit", ...: the state's one word.
QString state_word(const AppState& state);

}  // namespace moe::app
