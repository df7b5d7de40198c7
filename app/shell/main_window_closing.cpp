// The window's part about its end: what is kept, and the question before notes would be lost.
#include <QCloseEvent>
#include <QMessageBox>
#include <QTimer>

#include "app/shell/main_window.h"
#include "app/shell/settings.h"

namespace moe::app {

void MainWindow::closeEvent(QCloseEvent* event) {
    if (notes_.has_unrecorded() && !gives_notes_up_) {
        ask_about_notes();
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

void MainWindow::ask_about_notes() {
    if (findChild<QMessageBox*>(QStringLiteral("notes_question")) != nullptr) return;
    auto* box = new QMessageBox(QMessageBox::Question, tr("Notes"), tr("Record the runs and their notes to a file?"),
                                QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("notes_question"));
    box->setInformativeText(tr("You wrote notes on runs that are in memory only. Without a recording they are lost."));
    box->button(QMessageBox::Save)->setText(tr("&Record…"));
    box->setDefaultButton(QMessageBox::Save);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this](int answer) {
        gives_notes_up_ = answer == QMessageBox::Discard;
        if (gives_notes_up_) close();
        if (answer == QMessageBox::Save) closes_when_recorded_ = start_recording();
    });
    box->open();
}

void MainWindow::close_if_recorded() {
    if (!closes_when_recorded_ || notes_.has_unrecorded()) return;
    closes_when_recorded_ = false;
    QTimer::singleShot(0, this, &MainWindow::close);
}

}  // namespace moe::app
