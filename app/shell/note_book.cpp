#include "app/shell/note_book.h"

#include <algorithm>
#include <utility>

namespace moe::app {

namespace {

constexpr std::size_t kMostUndone = 200;

Note note_of(const TraceMark& mark, std::uint64_t id) {
    return {.id = id,
            .run = {.source = RunKey::Source::Trace, .id = mark.run},
            .position = mark.position,
            .layer = mark.layer,
            .expert = mark.expert,
            .text = QString::fromStdString(mark.text)};
}

// A store of the open trace; another one when the file was opened anew.
std::shared_ptr<const void> content_of_trace(const AppState& state) {
    for (const auto& [key, run] : state.runs) {
        if (key.source == RunKey::Source::Trace && run.store) return run.store;
    }
    return nullptr;
}

}  // namespace

NoteBook::NoteBook(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

NoteBook::~NoteBook() { pool_.waitForDone(); }

void NoteBook::follow(const AppState& state) {
    is_reading_ = std::ranges::any_of(state.runs, [](const auto& entry) { return entry.second.is_partly_read; });
    if (has_unwritten_ && !is_reading_ && trace_ == state.trace_path) write_trace();
    const std::shared_ptr<const void> model = state.model ? state.model->model : nullptr;
    const bool is_other_model = model != model_;
    const std::shared_ptr<const void> content = content_of_trace(state);
    const bool is_other_trace = trace_ != state.trace_path || content != trace_content_;
    if (!is_other_model && !is_other_trace) return;
    const auto forget = [this](RunKey::Source source) {
        std::erase_if(notes_, [source](const Note& note) { return note.run.source == source; });
    };
    past_.clear();
    future_.clear();
    if (is_other_model) forget(RunKey::Source::Engine);
    model_ = model;
    if (is_other_trace) {
        forget(RunKey::Source::Trace);
        trace_ = state.trace_path;
        trace_content_ = content;
        is_trace_locked_ = false;
        has_unwritten_ = false;
        if (!trace_.empty()) read_trace();
    }
    Q_EMIT changed();
}

void NoteBook::read_trace() {
    const std::uint64_t question = ++question_;
    ++n_in_work_;
    pool_.start([this, question, path = trace_] {
        const Result<std::vector<TraceMark>> marks = read_marks(path);
        QMetaObject::invokeMethod(
            this,
            [this, question, marks] {
                --n_in_work_;
                if (question != question_) return;
                if (!marks) return Q_EMIT failed(marks.error());
                for (const TraceMark& mark : *marks) notes_.push_back(note_of(mark, ++last_id_));
                Q_EMIT changed();
            },
            Qt::QueuedConnection);
    });
}

void NoteBook::write_trace() {
    if (trace_.empty() || is_trace_locked_) return;
    has_unwritten_ = is_reading_;
    if (is_reading_) return;
    ++n_in_work_;
    pool_.start([this, path = trace_, marks = marks_of(RunKey::Source::Trace)] {
        const Result<void> written = write_marks(path, marks);
        QMetaObject::invokeMethod(
            this,
            [this, path, written] {
                --n_in_work_;
                if (written || path != trace_) return;
                is_trace_locked_ = true;
                Q_EMIT failed(written.error());
                Q_EMIT changed();
            },
            Qt::QueuedConnection);
    });
}

std::vector<TraceMark> NoteBook::marks_of(RunKey::Source source) const {
    std::vector<TraceMark> marks;
    for (const Note& note : notes_) {
        if (note.run.source != source) continue;
        marks.push_back({.run = note.run.id,
                         .position = note.position,
                         .layer = note.layer,
                         .expert = note.expert,
                         .text = note.text.toStdString()});
    }
    return marks;
}

void NoteBook::begin_change() {
    past_.push_back(notes_);
    if (past_.size() > kMostUndone) past_.erase(past_.begin());
    future_.clear();
}

// Only what has changed is written.
void NoteBook::publish(const Notes& before) {
    const auto differs = [&](RunKey::Source source) {
        const auto of = [source](const Notes& notes) {
            Notes some;
            std::ranges::copy_if(notes, std::back_inserter(some),
                                 [source](const Note& note) { return note.run.source == source; });
            return some;
        };
        return of(before) != of(notes_);
    };
    if (differs(RunKey::Source::Trace)) write_trace();
    if (differs(RunKey::Source::Engine)) Q_EMIT engine_marks_changed(marks_of(RunKey::Source::Engine));
    Q_EMIT changed();
}

std::uint64_t NoteBook::add(Note note) {
    begin_change();
    note.id = ++last_id_;
    notes_.push_back(std::move(note));
    publish(past_.back());
    return last_id_;
}

void NoteBook::change(std::uint64_t id, const QString& text) {
    const auto note = std::ranges::find_if(notes_, [id](const Note& n) { return n.id == id; });
    if (note == notes_.end() || note->text == text) return;
    begin_change();
    note->text = text;
    publish(past_.back());
}

void NoteBook::remove(std::uint64_t id) {
    const auto note = std::ranges::find_if(notes_, [id](const Note& n) { return n.id == id; });
    if (note == notes_.end()) return;
    begin_change();
    notes_.erase(note);
    publish(past_.back());
}

void NoteBook::undo() {
    if (past_.empty()) return;
    future_.push_back(std::exchange(notes_, past_.back()));
    past_.pop_back();
    publish(future_.back());
}

void NoteBook::redo() {
    if (future_.empty()) return;
    past_.push_back(std::exchange(notes_, future_.back()));
    future_.pop_back();
    publish(past_.back());
}

std::vector<Note> NoteBook::notes_of(const AppState& state, RunKey run) const {
    std::vector<Note> found;
    std::size_t end = ~std::size_t{0};  // of what is inherited from the run in question
    for (std::optional<RunKey> key = run; key;) {
        std::ranges::copy_if(notes_, std::back_inserter(found),
                             [&](const Note& note) { return note.run == *key && note.position < end; });
        const auto entry = state.runs.find(*key);
        if (entry == state.runs.end()) break;
        end = std::min(end, entry->second.fork_pos);
        key = entry->second.parent;
    }
    std::ranges::stable_sort(found, {}, &Note::position);
    return found;
}

}  // namespace moe::app
