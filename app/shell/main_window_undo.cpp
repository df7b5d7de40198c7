// What can be undone: changes are kept where they are told of, whoever made them, and taken back the same
// way. Where the cursor stands, what is selected and what is in view have a history of their own (Alt+Left).
#include <QApplication>
#include <QMenuBar>
#include <QMessageBox>
#include <utility>

#include "app/shell/main_window.h"
#include "app/shell/picture_change.h"

namespace moe::app {

namespace {

QString in_menu(QString name) { return name.replace(QLatin1Char('&'), QStringLiteral("&&")); }

}  // namespace

void MainWindow::connect_undo() {
    commands_->on(CommandId::Undo, [this] { edited_field_ ? edited_field_->undo() : undo_.undo(); });
    commands_->on(CommandId::Redo, [this] { edited_field_ ? edited_field_->redo() : undo_.redo(); });
    connect(&undo_, &UndoStack::changed, &controller_, [this] { refresh_undo_commands(); });
    // What it was may stand in a dock that is hidden.
    connect(&undo_, &UndoStack::undone, status_bar_,
            [this](const QString& name) { status_bar_->say(tr("Undone: %1").arg(name)); });
    connect(&undo_, &UndoStack::redone, status_bar_,
            [this](const QString& name) { status_bar_->say(tr("Redone: %1").arg(name)); });
    connect(qApp, &QApplication::focusChanged, &controller_, [this](QWidget* before, const QWidget* now) {
        if (now == menuBar()) focus_before_menu_ = before;
    });
    connect(edit_menu_, &QMenu::aboutToShow, this, [this] {
        QWidget* const focus = QApplication::focusWidget();
        show_edit_menu_for(focus == menuBar() ? focus_before_menu_.data() : focus);
    });
    connect(
        edit_menu_, &QMenu::aboutToHide, this, [this] { show_edit_menu_for(nullptr); },
        Qt::QueuedConnection);  // after what was chosen
    known_options_ = picture_->options();
    connect(picture_, &PictureView::options_changed, this, &MainWindow::keep_picture_change);
    connect(&notes_, &NoteBook::edited, this, &MainWindow::keep_note_change);
    connect(&notes_, &NoteBook::forgotten, &controller_, [this](RunKey::Source source) {
        undo_.forget([source](const UndoStep& step) { return step.run && step.run->source == source; });
    });
    connect(layout_watch_, &LayoutWatch::changed, this,
            [this](const QByteArray& before, const QByteArray& after, const QString& name) {
                const auto restore = [this](const QByteArray& state) {
                    restore_layout(state);
                    if (!is_presenting_) layout_watch_->accept();
                };
                undo_.push({.name = name,
                            .undo = [restore, before] { restore(before); },
                            .redo = [restore, after] { restore(after); }});
            });
    const auto keep_index = [this](QComboBox* combo, const QString& name) {
        keep_choices(combo, name, [combo](int index) { combo->setCurrentIndex(index); });
    };
    keep_index(matrices_dock_->kind(), tr("Matrix: %1"));
    keep_index(matrices_dock_->value(), tr("Matrix: %1"));
    keep_index(matrices_dock_->order(), tr("Matrix: %1"));
    keep_index(balance_dock_->phase(), tr("Balance: %1"));
    keep_index(balance_dock_->form(), tr("Balance: %1"));
    QComboBox* const coloring = text_dock_->coloring();
    keep_choices(coloring, QStringLiteral("%1"), [this, coloring](int index) {
        text_dock_->set_coloring(static_cast<TextColoring>(coloring->itemData(index).toInt()));
    });
    for (QAction* action : {path_dock_->runner_ups(), path_dock_->scores()}) keep_switch(action);
    refresh_undo_commands();
}

// Says what comes next; while the Edit menu is open over a text field, what that field has.
void MainWindow::refresh_undo_commands() {
    const auto show = [this](CommandId id, const QString& word, const QString& name, const QString& why_not) {
        commands_->action(id)->setText(name.isEmpty() ? word : word + QLatin1Char(' ') + in_menu(name));
        commands_->allow(id, !name.isEmpty(), why_not);
    };
    const auto name_of = [](const UndoStep* step) { return step != nullptr ? step->name : QString(); };
    QString to_undo = name_of(undo_.next_undo()), to_redo = name_of(undo_.next_redo());
    if (edited_field_) {
        to_undo = edited_field_->can_undo() ? tr("Typing") : QString();
        to_redo = edited_field_->can_redo() ? tr("Typing") : QString();
    }
    show(CommandId::Undo, tr("&Undo"), to_undo, tr("Nothing was changed yet"));
    show(CommandId::Redo, tr("&Redo"), to_redo, tr("Nothing was undone"));
}

void MainWindow::show_edit_menu_for(QWidget* focus) {
    edited_field_ = TextField::of(focus);
    if (edited_field_ && !edited_field_->has_history()) edited_field_.reset();
    refresh_undo_commands();
}

void MainWindow::keep_picture_change(const PictureOptions& options) {
    const PictureOptions before = std::exchange(known_options_, options);
    if (before == options) return;
    const PictureModel& model = picture_->model();
    const TraceShape shape =
        model.trace.has_shape() ? model.trace.shape() : model.planned_shape.value_or(TraceShape{});
    const PictureChange change = picture_change(before, options, shape);
    undo_.push({.name = change.name,
                .undo = [this, before] { picture_->set_options(before); },
                .redo = [this, options] { picture_->set_options(options); },
                .merges_as = change.is_of_range ? change.name : QString()});
}

void MainWindow::keep_note_change(const NoteChange& change) {
    const std::uint64_t id = change.note().id;
    undo_.push({.name = !change.before  ? tr("Add note")
                        : !change.after ? tr("Delete note")
                                        : tr("Edit note"),
                .undo = [this, id, note = change.before] { notes_.put(id, note); },
                .redo = [this, id, note = change.after] { notes_.put(id, note); },
                .run = change.note().run});
}

// What the user chooses, not what the program sets, which nothing but the index tells of: it is kept up with
// at the next turn of the event loop.
void MainWindow::keep_choices(QComboBox* combo, const QString& name, const std::function<void(int)>& choose) {
    const auto known = std::make_shared<int>(combo->currentIndex());
    connect(
        combo, &QComboBox::currentIndexChanged, combo, [known, combo] { *known = combo->currentIndex(); },
        Qt::QueuedConnection);
    connect(combo, &QComboBox::activated, this, [this, known, combo, name, choose](int index) {
        const int before = std::exchange(*known, index);
        if (before == index) return;
        undo_.push({.name = name.arg(combo->itemText(index)),
                    .undo = [choose, before] { choose(before); },
                    .redo = [choose, index] { choose(index); }});
    });
}

void MainWindow::keep_switch(QAction* action) {
    connect(action, &QAction::triggered, this, [this, action](bool is_on) {
        undo_.push({.name = tr("Path: %1").arg(action->text().remove(QLatin1Char('&'))),
                    .undo = [action, is_on] { action->setChecked(!is_on); },
                    .redo = [action, is_on] { action->setChecked(is_on); }});
    });
}

void MainWindow::rename_run(RunKey key, const QString& name) {
    const auto found = controller_.state().runs.find(key);
    if (found == controller_.state().runs.end()) return;
    const QString name_before = found->second.name;
    controller_.rename_run(key, name);
    if (found->second.name == name_before) return;
    undo_.push({.name = tr("Rename run"),
                .undo = [this, key, name_before] { controller_.rename_run(key, name_before); },
                .redo = [this, key, name] { controller_.rename_run(key, name); },
                .run = key});
}

// A run that cannot be restored as it was is asked about, unless it can be opened again from a recording.
void MainWindow::delete_run(RunKey key) {
    const AppState& state = controller_.state();
    const auto found = state.runs.find(key);
    if (found == state.runs.end()) return;
    if (controller_.can_restore_run(key)) {
        const auto removed = std::make_shared<AppController::RemovedRun>(*controller_.remove_run(key));
        return undo_.push({.name = tr("Delete run"),
                           .undo = [this, removed] { controller_.restore_run(*removed); },
                           .redo =
                               [this, removed, key] {
                                   if (auto again = controller_.remove_run(key)) *removed = std::move(*again);
                               },
                           .run = key});
    }
    if (key.source == RunKey::Source::Engine && !state.recording.is_recording) {
        const auto answer = QMessageBox::question(
            this, tr("Delete run"), tr("Delete %1? It was not recorded to a file.").arg(found->second.name),
            QMessageBox::Yes | QMessageBox::Cancel, QMessageBox::Cancel);
        if (answer != QMessageBox::Yes) return;
    }
    controller_.remove_run(key);
    undo_.forget([key](const UndoStep& step) { return step.run == key; });
}

}  // namespace moe::app
