// The window's part about notes on tokens.
#include <algorithm>
#include <utility>

#include "app/docks/token_display.h"
#include "app/shell/main_window.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

void MainWindow::connect_notes() {
    commands_->on(CommandId::AddNote, [this] { notes_dock_->bring_forward(); });
    connect(notes_dock_, &NotesDock::note_written, &controller_, [this](const QString& text) {
        const AppState& state = controller_.state();
        if (!state.shown || !state.selection.token) return;
        const render::CellRef& place = state.selection;
        notes_.add({.run = *state.shown,
                    .position = *place.token,
                    .layer = place.expert ? place.layer : std::nullopt,
                    .expert = place.expert,
                    .text = text});
    });
    connect(notes_dock_, &NotesDock::note_changed, &notes_, &NoteBook::change);
    connect(notes_dock_, &NotesDock::note_removed, &notes_, &NoteBook::remove);
    connect(notes_dock_, &NotesDock::note_chosen, &controller_, [this](const Note& note) {
        controller_.select_token(note.position);
        if (note.layer)
            controller_.select({.token = note.position, .layer = note.layer, .expert = note.expert});
    });
    connect(&notes_, &NoteBook::changed, &controller_, [this] { refresh_notes(); });
    connect(&notes_, &NoteBook::engine_marks_changed, &controller_, &AppController::set_engine_marks);
    connect(&notes_, &NoteBook::failed, banner_, [this](const Error& error) {
        banner_->show_failure({.title = tr("The notes are kept in memory only"),
                               .reason = QString::fromStdString(error.message),
                               .advice = tr("convert the trace to a file that can be written to keep them"),
                               .details = {},
                               .retry = {}});
    });
}

void MainWindow::refresh_notes() {
    const AppState& state = controller_.state();
    NotesModel model;
    const NotesByToken noted_before = std::exchange(noted_, {});
    if (const RunEntry* run = state.shown_run()) {
        model.notes = notes_.notes_of(state, run->key);
        std::erase_if(model.notes,
                      [&](const Note& note) { return note.position >= run->snapshot.n_tokens(); });
        for (const Note& note : model.notes) {
            model.tokens.push_back(token_by_itself(run->snapshot.token(note.position).bytes));
            QString& text = noted_[note.position];
            text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + note.text;
        }
        if (run->snapshot.has_shape()) model.shape = run->snapshot.shape();
        if (const auto token = state.selection.token; token && *token < run->snapshot.n_tokens())
            model.place = place_of_note(state.selection, model.shape);
        model.kept = run->key.source == RunKey::Source::Trace
                         ? notes_.is_trace_locked() ? tr("In memory only: the file cannot be written")
                                                    : tr("Kept in the trace file")
                     : state.recording.is_recording ? tr("Kept in the recording")
                                                    : tr("In memory until you record (Ctrl+R)");
    }
    notes_dock_->set_model(std::move(model));
    text_dock_->set_model(text_model());
    if (noted_ != noted_before) refresh_picture();
}

QString MainWindow::place_of_note(const render::CellRef& cell, const TraceShape& shape) const {
    QString words = tr("token %1").arg(grouped(*cell.token));
    if (cell.layer && cell.expert)
        words += tr(", layer %1, expert %2").arg(layer_number(shape, *cell.layer)).arg(*cell.expert);
    return words;
}

}  // namespace moe::app
