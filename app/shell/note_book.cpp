#include "app/shell/note_book.h"

#include <algorithm>
#include <utility>

namespace moe::app {

namespace {

Note note_of(const TraceMark& mark, std::uint64_t id) {
    return {.id = id,
            .run = {.source = RunKey::Source::Trace, .id = mark.run},
            .position = mark.position,
            .layer = mark.layer,
            .expert = mark.expert,
            .text = QString::fromStdString(mark.text)};
}

}  // namespace

NoteBook::NoteBook(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

NoteBook::~NoteBook() { pool_.waitForDone(); }

void NoteBook::follow(const AppState& state) {
    is_reading_ =
        std::ranges::any_of(state.runs, [](const auto& entry) { return entry.second.is_partly_read; });
    if (state.recording.is_recording) has_unrecorded_ = false;
    if (has_unwritten_ && !is_reading_ && trace_ == state.trace_path) write_trace();
    const std::shared_ptr<const void> model = state.model ? state.model->model : nullptr;
    const bool is_other_model = model != model_;
    const bool is_other_trace = trace_number_ != state.trace_number;
    if (!is_other_model && !is_other_trace) return;
    const auto forget = [this](RunKey::Source source) {
        std::erase_if(notes_, [source](const Note& note) { return note.run.source == source; });
        if (source == RunKey::Source::Engine) has_unrecorded_ = false;
        Q_EMIT forgotten(source);
    };
    if (is_other_model) forget(RunKey::Source::Engine);
    model_ = model;
    if (is_other_trace) {
        forget(RunKey::Source::Trace);
        trace_ = state.trace_path;
        trace_number_ = state.trace_number;
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

// Only what has changed is written.
void NoteBook::put(std::uint64_t id, const std::optional<Note>& note) {
    const auto place = std::ranges::lower_bound(notes_, id, {}, &Note::id);
    const bool is_there = place != notes_.end() && place->id == id;
    if (!is_there && !note) return;
    const RunKey::Source source = note ? note->run.source : place->run.source;
    if (!note) {
        notes_.erase(place);
    } else if (is_there) {
        *place = *note;
    } else {
        notes_.insert(place, *note);
    }
    if (source == RunKey::Source::Trace) write_trace();
    if (source == RunKey::Source::Engine) {
        const std::vector<TraceMark> marks = marks_of(source);
        has_unrecorded_ = !marks.empty();
        Q_EMIT engine_marks_changed(marks);
    }
    Q_EMIT changed();
}

void NoteBook::make(const NoteChange& change) {
    put(change.note().id, change.after);
    Q_EMIT edited(change);
}

std::uint64_t NoteBook::add(Note note) {
    note.id = ++last_id_;
    make({.before = {}, .after = std::move(note)});
    return last_id_;
}

void NoteBook::change(std::uint64_t id, const QString& text) {
    const auto note = std::ranges::find(notes_, id, &Note::id);
    if (note == notes_.end() || note->text == text) return;
    NoteChange change{.before = *note, .after = *note};
    change.after->text = text;
    make(change);
}

void NoteBook::remove(std::uint64_t id) {
    const auto note = std::ranges::find(notes_, id, &Note::id);
    if (note != notes_.end()) make({.before = *note, .after = {}});
}

bool NoteBook::has_unsaved(RunKey::Source source) const {
    if (source == RunKey::Source::Engine) return has_unrecorded_;
    const auto is_of_trace = [](const Note& note) { return note.run.source == RunKey::Source::Trace; };
    return has_unwritten_ || (is_trace_locked_ && std::ranges::any_of(notes_, is_of_trace));
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
