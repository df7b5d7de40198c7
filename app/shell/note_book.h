#pragma once

#include <QObject>
#include <QThreadPool>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "app/docks/note.h"
#include "app/shell/app_state.h"
#include "engine/trace_io/trace_marks.h"

namespace moe::app {

/// What was done to a note: written where there is none before, deleted where there is none after.
struct NoteChange {
    std::optional<Note> before, after;
    const Note& note() const { return after ? *after : *before; }  ///< where and whose it is
};

/// The notes of this session: those of the open trace are read from its file and written back to it at every
/// change; those on the engine's runs go to the engine, which has them in its recording. Tells of every
/// change as it can be taken back by `put`.
class NoteBook : public QObject {
    Q_OBJECT
  public:
    explicit NoteBook(QObject* parent = nullptr);
    ~NoteBook() override;  ///< waits for what is being written

    /// Takes over what is open now: another trace's notes are read, another model's are forgotten.
    void follow(const AppState& state);

    std::uint64_t add(Note note);
    void change(std::uint64_t id, const QString& text);
    void remove(std::uint64_t id);
    /// Makes the note with this id what it was: another text, again or no more there.
    void put(std::uint64_t id, const std::optional<Note>& note);

    /// Of a run and what it inherits, by position.
    std::vector<Note> notes_of(const AppState& state, RunKey run) const;
    /// Whether the trace's notes could not be written: they stay in memory.
    bool is_trace_locked() const { return is_trace_locked_; }
    /// Whether there are notes on runs of this origin that no file has: neither a recording nor the trace's
    /// own.
    bool has_unsaved(RunKey::Source source) const;
    bool is_idle() const { return n_in_work_ == 0; }

  Q_SIGNALS:
    void changed();
    void edited(const moe::app::NoteChange& change);
    void forgotten(moe::app::RunKey::Source source);  ///< another trace or model is open: all of its notes
    void engine_marks_changed(const std::vector<moe::TraceMark>& marks);
    void failed(const moe::Error& error);  ///< the notes stay in memory

  private:
    void make(const NoteChange& change);
    std::vector<TraceMark> marks_of(RunKey::Source source) const;
    void read_trace();
    void write_trace();

    std::vector<Note> notes_;  // by id
    std::uint64_t last_id_ = 0;
    std::filesystem::path trace_;
    std::uint64_t trace_number_ = 0;  // of the open trace: the same file may be opened anew
    std::shared_ptr<const void> model_;
    bool is_trace_locked_ = false;
    bool is_reading_ = false;  // the trace: its file is written when it was read to the end
    bool has_unwritten_ = false;
    bool has_unrecorded_ = false;
    int n_in_work_ = 0;
    std::uint64_t question_ = 0;
    QThreadPool pool_;
};

}  // namespace moe::app
