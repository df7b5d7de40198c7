// What the window keeps at its end, and the question before something would be lost: notes with the window, with the
// model that made their runs, or with the trace that they are about; runs that no file has.
#include <QCheckBox>
#include <QCloseEvent>
#include <QMessageBox>
#include <QScopedValueRollback>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "app/docks/token_display.h"
#include "app/shell/main_window.h"
#include "app/shell/settings.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {

namespace {

// Of what the model wrote to try it out nobody wants to be asked.
constexpr std::size_t kTokensWorthAQuestion = 256;

struct UnrecordedRuns {
    std::size_t n_runs = 0;
    std::size_t n_tokens = 0;
};

/// Of the engine's model; none while it is recorded.
UnrecordedRuns unrecorded_runs(const AppState& state) {
    UnrecordedRuns runs;
    if (state.recording.is_recording) return runs;
    for (const auto& [key, run] : state.runs) {
        const std::size_t first = std::max(run.fork_pos, run.n_recorded);
        if (key.source != RunKey::Source::Engine || run.n_tokens <= first) continue;
        ++runs.n_runs;
        runs.n_tokens += run.n_tokens - first;
    }
    return runs;
}

}  // namespace

/// A question before something is lost.
struct MainWindow::LossQuestion {
    QString name;  ///< of the box
    QString title;
    QString text;
    QString details;
    bool can_record = true;
    bool can_be_silenced = false;
};

void MainWindow::open_file(const std::filesystem::path& path) {
    const RunKey::Source replaced = looks_like_trace(path) ? RunKey::Source::Trace : RunKey::Source::Engine;
    if (may_lose(replaced, [this, path] { controller_.open_file(path); })) controller_.open_file(path);
}

void MainWindow::open_embedded_model() {
    const auto open = [this] { controller_.open_embedded_model(); };
    if (may_lose(RunKey::Source::Engine, open)) open();
}

// What is of the engine's model, or of the open trace. False: the user is asked, and `then` follows the answer.
bool MainWindow::may_lose(RunKey::Source source, const std::function<void()>& then) {
    if (gives_up_) return true;
    if (notes_.has_unsaved(source)) {
        ask_about_notes(source, then);
        return false;
    }
    const UnrecordedRuns runs = unrecorded_runs(controller_.state());
    const bool asks = source == RunKey::Source::Engine && options_.remembers_layout && settings::asks_about_runs() &&
                      runs.n_tokens >= kTokensWorthAQuestion;
    if (!asks) return true;
    ask_before_loss({.name = QStringLiteral("runs_question"),
                     .title = tr("Runs"),
                     .text = runs.n_runs == 1 ? tr("Record the run to a file?") : tr("Record the runs to a file?"),
                     .details = runs.n_runs == 1
                                    ? tr("It is in memory only, %1. Without a recording it is lost.")
                                          .arg(tokens_text(runs.n_tokens))
                                    : tr("%1 runs are in memory only, %2. Without a recording they are lost.")
                                          .arg(runs.n_runs)
                                          .arg(tokens_text(runs.n_tokens)),
                     .can_be_silenced = true},
                    then);
    return false;
}

void MainWindow::closeEvent(QCloseEvent* event) {
    for (const RunKey::Source source : {RunKey::Source::Engine, RunKey::Source::Trace}) {
        if (!may_lose(source, [this] { close(); })) return event->ignore();
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
void MainWindow::ask_about_notes(RunKey::Source source, const std::function<void()>& then) {
    const bool can_record = source == RunKey::Source::Engine;
    ask_before_loss(
        {.name = QStringLiteral("notes_question"),
         .title = tr("Notes"),
         .text = can_record ? tr("Record the runs and their notes to a file?") : tr("Discard the notes on this trace?"),
         .details = can_record
                        ? tr("You wrote notes on runs that are in memory only. Without a recording they are lost.")
                        : tr("You wrote notes that could not be written to its file. They are in memory only."),
         .can_record = can_record},
        then);
}

void MainWindow::ask_before_loss(const LossQuestion& question, const std::function<void()>& then) {
    if (findChild<QMessageBox*>(question.name) != nullptr) return;
    auto* box = new QMessageBox(QMessageBox::Question, question.title, question.text,
                                QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setObjectName(question.name);
    box->setInformativeText(question.details);
    if (question.can_record) box->addButton(QMessageBox::Save)->setText(tr("&Record…"));
    box->setDefaultButton(question.can_record ? QMessageBox::Save : QMessageBox::Cancel);
    if (question.can_be_silenced) box->setCheckBox(new QCheckBox(tr("Do not ask again"), box));
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this, box, then](int answer) {
        if (box->checkBox() != nullptr && box->checkBox()->isChecked() && answer != QMessageBox::Cancel)
            settings::set_asks_about_runs(false);
        if (answer == QMessageBox::Discard) {
            const QScopedValueRollback gives_up(gives_up_, true);
            then();
        }
        if (answer == QMessageBox::Save && start_recording()) when_recorded_ = then;
    });
    box->open();
}

void MainWindow::go_on_if_recorded() {
    if (when_recorded_ && controller_.state().recording.is_recording && !notes_.has_unsaved(RunKey::Source::Engine))
        QTimer::singleShot(0, this, std::exchange(when_recorded_, nullptr));
}

}  // namespace moe::app
