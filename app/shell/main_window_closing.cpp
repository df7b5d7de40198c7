// What the window keeps at its end, and the question before notes would be lost: with the window, with the
// model that made their runs, or with the trace that they are about.
#include <QCloseEvent>
#include <QMessageBox>
#include <QScopedValueRollback>
#include <QTimer>
#include <utility>

#include "app/shell/main_window.h"
#include "app/shell/settings.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {

void MainWindow::open_file(const std::filesystem::path& path) {
    const RunKey::Source replaced = looks_like_trace(path) ? RunKey::Source::Trace : RunKey::Source::Engine;
    if (!notes_.has_unsaved(replaced)) return controller_.open_file(path);
    ask_about_notes(replaced, [this, path] { controller_.open_file(path); });
}

void MainWindow::open_embedded_model() {
    const auto open = [this] { controller_.open_embedded_model(); };
    notes_.has_unsaved(RunKey::Source::Engine) ? ask_about_notes(RunKey::Source::Engine, open) : open();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    for (const RunKey::Source source : {RunKey::Source::Engine, RunKey::Source::Trace}) {
        if (gives_notes_up_ || !notes_.has_unsaved(source)) continue;
        ask_about_notes(source, [this] { close(); });
        return event->ignore();
    }
    set_presentation(false);
    if (options_.remembers_layout) {
        settings::set_window(saveGeometry(), saveState(kLayoutVersion));
        keep_workspaces();
        keep_session();
    }
    event->accept();
}

// Those of the engine's runs can be recorded, those of a trace wait for its file.
void MainWindow::ask_about_notes(RunKey::Source source, std::function<void()> then) {
    if (findChild<QMessageBox*>(QStringLiteral("notes_question")) != nullptr) return;
    const bool can_record = source == RunKey::Source::Engine;
    auto* box = new QMessageBox(QMessageBox::Question, tr("Notes"),
                                can_record ? tr("Record the runs and their notes to a file?")
                                           : tr("Discard the notes on this trace?"),
                                QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("notes_question"));
    box->setInformativeText(
        can_record ? tr("You wrote notes on runs that are in memory only. Without a recording they are lost.")
                   : tr("You wrote notes that could not be written to its file. They are in memory only."));
    if (can_record) box->addButton(QMessageBox::Save)->setText(tr("&Record…"));
    box->setDefaultButton(can_record ? QMessageBox::Save : QMessageBox::Cancel);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this, then = std::move(then)](int answer) {
        if (answer == QMessageBox::Discard) {
            const QScopedValueRollback gives_up(gives_notes_up_, true);
            then();
        }
        if (answer == QMessageBox::Save && start_recording()) when_recorded_ = then;
    });
    box->open();
}

void MainWindow::go_on_if_recorded() {
    if (when_recorded_ && !notes_.has_unsaved(RunKey::Source::Engine))
        QTimer::singleShot(0, this, std::exchange(when_recorded_, nullptr));
}

}  // namespace moe::app
