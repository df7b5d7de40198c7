#pragma once

#include <QObject>
#include <QThreadPool>
#include <QTimer>
#include <map>

#include "app/shell/app_state.h"
#include "app/shell/engine_client.h"
#include "app/shell/trace_loader.h"

namespace moe::app {

/// Turns what the user wants into commands for the engine, and what the engine tells into AppState. Has no
/// widgets, so that the window only shows and asks.
class AppController : public QObject {
    Q_OBJECT
  public:
    explicit AppController(QObject* parent = nullptr);

    const AppState& state() const { return state_; }
    bool is_idle() const;  ///< nothing is asked of the engine and all was told

    void open_file(const std::filesystem::path& path);  ///< a model or a trace, told apart by content
    void open_embedded_model();

    void set_prompt(const QString& prompt);
    void set_chat(bool is_chat);  ///< whether the prompt is a message
    void set_system_message(const QString& message);
    void set_thinking(Thinking thinking);
    void set_sampling(const SamplingParams& sampling);
    void set_threads(
        std::size_t n_threads);  ///< of the engine, from the next token on; 0: as many as is sensible
    void set_speed(double tokens_per_second);  ///< 0: as fast as the engine can

    enum class Then { Pause, Step, Run };
    void run_prompt(Then then);
    void send_message();  ///< to the end of the chat that is shown, and lets it be answered
    void run_or_send();   ///< what the prompt is for now
    void play_or_pause();
    void replay_or_pause();  ///< moves the cursor through what is recorded, from where it stands
    void step_forward();     ///< through what is recorded, at the live end one more
    /// With `after`, only if that command succeeds.
    void generate(std::size_t n_tokens, RequestId after = 0);
    void continue_from_selection();  ///< in a branch, at the set speed
    void find_candidates();  ///< for the selected position (position_of_candidates)
    /// Puts the token at a position of the shown run, in a branch, and goes on at the set speed.
    void take_token(std::size_t position, TokenId id);
    void show_run(RunKey key);
    /// Reads a trace's run to its end without showing it, in place of one that is being read so; nothing ends
    /// that. Where it fails the entry says why.
    void read_beside(std::optional<RunKey> key);
    void stop_beside();  ///< for the user, whom nobody asks again: the entry says so
    void rename_run(RunKey key, const QString& name);  ///< by the user
    /// A run that was taken from the list, and what went with it.
    struct RemovedRun {
        RunEntry run;
        std::map<RunKey, std::size_t> branches;   ///< its own and where they left it
        std::optional<render::CellRef> selection;  ///< where the cursor stood, if it was shown
    };
    /// Takes it from the list; its branches move up to the run that it left. Another run is shown. Nothing if
    /// there is no such run.
    std::optional<RemovedRun> remove_run(RunKey key);
    /// Whether `restore_run` will bring back all of it: the engine keeps what was generated, but a prompt
    /// that is cut off is lost, and what is being generated ends somewhere.
    bool can_restore_run(RunKey key) const;
    void restore_run(const RemovedRun& removed);
    void cancel();  ///< the load or the prefill in work; where there is none, what is read beside

    void select(const render::CellRef& cell);
    void step_back();
    void select_token(std::size_t position);
    void select_first();
    void select_last();
    void move_layer(int by);
    void set_follows(bool follows);
    void scrub_to(std::size_t position);  ///< selects on the way, while something is dragged
    void travel(int direction);           ///< to the place before (-1) or after (1) in the history
    bool can_travel(int direction) const { return place_beside(direction).has_value(); }

    void set_range(const TokenRange& range);  ///< what is beyond the run is cut off
    /// To the next token, or to the one before, which becomes the selected one: the end of the range where
    /// the cursor stands moves with it. Without a range there one begins with the selected token.
    void extend_range(int direction);
    void begin_range_here();                  ///< with the selected token
    void end_range_here();
    void clear_range();
    void set_loops(bool loops);
    /// Generating pauses when a new token is what `rule` looks for; nothing: it does not.
    void set_pause_rule(const std::optional<FindQuery>& rule);

    void start_recording(const std::filesystem::path& path, MoetraceWriter::IfExists if_exists);
    void stop_recording();
    /// The notes on the engine's runs, for its recording.
    void set_engine_marks(const std::vector<TraceMark>& marks);

  Q_SIGNALS:
    void changed();          ///< something in the state; at most 10 times a second while tokens arrive
    void picture_changed();  ///< the same for the picture, more often
    void failed(const moe::app::Failure& failure);
    void model_opened();
    void trace_opened();                         ///< its first tokens are there
    void file_wanted(const std::filesystem::path& path);  ///< again, that could not be opened
    void message_taken(const QString& message);  ///< it was read as the user's turn
    void paused_by_rule(std::size_t position);   ///< the token is selected
    void selection_moved();                      ///< by the keyboard or in a list: it should be in view

  private:
    struct Pending {
        QString title;  // of the failure
        std::function<void()> retry;
        bool is_load = false;
        bool is_step = false;
        bool has_system = false;
        QString message = {};  // of a chat, which is taken when the command is done
        QString retry_words = {};
    };

    RequestId post(CommandBody command, Pending pending);
    void run_freely_after(RequestId beginning);
    void start_run(Then then, bool cuts_beginning);
    void handle(const Event& event);
    void handle_body(const Event& event, const Progress& progress);
    void handle_body(const Event& event, const ModelLoaded& loaded);
    void handle_body(const Event& event, const RunStarted& started);
    void handle_body(const Event& event, const RunGrew& grew);
    void handle_body(const Event& event, const CandidatesFound& found);
    void handle_body(const Event& event, const RunStateChanged& changed_state);
    void handle_body(const Event& event, const RecordingChanged& recording);
    void handle_body(const Event& event, const CommandFailed& failed_command);
    void handle_body(const Event& event, const CommandDone& done);
    void finish(RequestId request);

    /// What a trace file that is being read stands in for, to come back if it cannot be read to its end.
    struct Content {
        std::map<RunKey, RunEntry> runs;  ///< of the trace
        std::filesystem::path trace_path;
        QString trace_model;
        std::uint64_t trace_number = 0;
        std::optional<RunKey> shown;
        render::CellRef selection;
        std::optional<TokenRange> range;
        bool follows = true;
    };
    struct OpenedFile {
        std::filesystem::path path;
        std::vector<TraceRunSummary> runs;
    };
    void connect_traces();
    void begin_reading(RunId run, const std::shared_ptr<const TraceStore>& store);
    void show_opened_file();
    void follow_reading(RunId run);
    void finish_reading(RunId run);
    void forget_reading();
    void connect_beside();
    void follow_beside(RunId run);
    void finish_beside(RunId run);
    void fail_beside(const Error& error);
    void drop_reading();
    Content content() const;
    void restore(const Content& content);
    void report(const QString& title, const Error& error, std::function<void()> retry,
                Remedy remedy = Remedy::None, const QString& retry_words = {});

    std::optional<SamplingParams> sampling_of_branch() const;
    void forget_unread_run(RunKey key);
    void show_run_instead_of(const RunEntry& removed);
    RunEntry* shown_run();
    void start_replay();
    void stop_replay();
    void replay_one();
    void judge_new_tokens(const RunEntry& run);

    struct Place {
        RunKey run;
        render::CellRef cell;
        bool rides;  ///< with the newest token: growth alone leads to no other place
        bool operator==(const Place&) const = default;
    };
    void remember_place();
    void forget_places();
    std::optional<std::size_t> place_beside(int direction) const;

    bool cursor_rides() const;  // at the live end: it moves with the newest token
    void keep_selection_inside();
    void write_name(RunId run, const QString& name);  // in the open trace's file
    void count_prompt_tokens();
    std::vector<TokenId> encode_prompt_or_message() const;
    void touch();  // tells at the next turn of the event loop
    void touch_while_growing();

    AppState state_;
    std::map<RequestId, Pending> pending_;
    std::size_t n_threads_ = threads_beside_window(n_cores());  // that the engine computes with
    QTimer prompt_timer_, change_timer_, growth_timer_, picture_timer_, replay_timer_;
    std::optional<RunKey> shown_before_;  // the run that was shown when the newest one began
    std::size_t n_judged_ = 0;            // tokens of the shown run that the pause rule has seen
    std::vector<Place> places_;           // where the cursor was, oldest first
    std::size_t place_ = 0;               // the present one
    bool is_travelling_ = false;
    bool is_trace_wanted_ = false;           // a file is being read
    std::optional<OpenedFile> opened_file_;  // understood, none of its runs was shown yet
    std::uint64_t n_traces_opened_ = 0;
    std::optional<Content> before_reading_;  // from the first part of a run to its last
    std::optional<RunKey> reading_;          // the run that grows
    TraceLoader traces_;
    TraceLoader beside_;                              // state_.beside
    std::shared_ptr<const TraceStore> beside_store_;  // its run, as far as it is there
    EngineClient engine_;
    int n_names_in_work_ = 0;  // of runs, on their way into the open trace's file
    QThreadPool run_names_;    // one thread; ends before what it tells
};

}  // namespace moe::app
