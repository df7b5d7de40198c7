#pragma once

#include <QObject>
#include <QThreadPool>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/docks/note.h"
#include "app/shell/app_state.h"
#include "engine/trace_io/trace_marks.h"

namespace moe::app {

/// The notes of this session: those of the open trace are read from its file and written back to it at every
/// change; those on the engine's runs go to the engine, which has them in its recording. Every change can be
/// undone.
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
    void undo();
    void redo();
    bool can_undo() const { return !past_.empty(); }
    bool can_redo() const { return !future_.empty(); }

    /// Of a run and what it inherits, by position.
    std::vector<Note> notes_of(const AppState& state, RunKey run) const;
    /// Whether the trace's notes could not be written: they stay in memory.
    bool is_trace_locked() const { return is_trace_locked_; }
    bool is_idle() const { return n_in_work_ == 0; }

  Q_SIGNALS:
    void changed();
    void engine_marks_changed(const std::vector<moe::TraceMark>& marks);
    void failed(const moe::Error& error);  ///< the notes stay in memory

  private:
    using Notes = std::vector<Note>;
    void begin_change();
    void publish(const Notes& before);
    std::vector<TraceMark> marks_of(RunKey::Source source) const;
    void read_trace();
    void write_trace();

    Notes notes_;
    std::vector<Notes> past_, future_;
    std::uint64_t last_id_ = 0;
    std::filesystem::path trace_;
    std::shared_ptr<const void> trace_content_;  // of the open trace: the same file may be opened anew
    std::shared_ptr<const void> model_;
    bool is_trace_locked_ = false;
    bool is_reading_ = false;  // the trace: its file is written when it was read to the end
    bool has_unwritten_ = false;
    int n_in_work_ = 0;
    std::uint64_t question_ = 0;
    QThreadPool pool_;
};

}  // namespace moe::app
