// Where things stand: saved layouts, presentation, the last session.
#include <QInputDialog>
#include <QMenu>
#include <QMenuBar>
#include <QTimer>
#include <QToolTip>
#include <algorithm>
#include <utility>

#include "app/shell/main_window.h"
#include "app/shell/session_picture.h"
#include "app/shell/settings.h"

namespace moe::app {

namespace {

constexpr int kLargeMonoPixels = 24;
constexpr int kLargeTextPixels = 17;
constexpr int kHintMs = 5000;
constexpr int kUntilFullScreenMs = 400;

DockTheme enlarged(DockTheme theme) {
    for (QFont* font : {&theme.mono, &theme.mono_bold}) font->setPixelSize(kLargeMonoPixels);
    for (QFont* font : {&theme.body, &theme.title, &theme.caption}) font->setPixelSize(kLargeTextPixels);
    return theme;
}

}  // namespace

void MainWindow::connect_layout_commands() {
    commands_->on(CommandId::SaveLayout, [this] { save_layout(); });
    commands_->on(CommandId::DockAll,
                  [this] { layout_watch_->change_as(tr("Dock all floating panes"), [this] { dock_all(); }); });
    const auto allow_docking = [this] {
        const bool floats = std::ranges::any_of(docks(), [](const TitledDock* dock) { return dock->isFloating(); });
        commands_->allow(CommandId::DockAll, floats, tr("No pane floats: drag one by its title to take it out"));
    };
    for (TitledDock* dock : docks()) {
        connect(dock, &QDockWidget::topLevelChanged, this, allow_docking);
        connect(dock, &TitledDock::hidden_with_focus, this,
                [this] { picture_->setFocus(Qt::OtherFocusReason); });
    }
    allow_docking();
    commands_->on(CommandId::Presentation,
                  [this] { set_presentation(commands_->action(CommandId::Presentation)->isChecked()); });
    fill_layout_menu();
}

// Where they were before. Qt docks only what the window has a place for.
void MainWindow::dock_all() {
    for (TitledDock* dock : docks()) {
        if (!dock->isFloating()) continue;
        if (dockWidgetArea(dock) == Qt::NoDockWidgetArea) addDockWidget(Qt::RightDockWidgetArea, dock);
        dock->setFloating(false);
    }
}

void MainWindow::fill_layout_menu() {
    layout_menu_->clear();
    const QStringList names = settings::layout_names();
    for (const QString& name : names) {
        connect(layout_menu_->addAction(name), &QAction::triggered, this,
                [this, name] {
                    layout_watch_->change_as(tr("Layout %1").arg(name),
                                             [this, name] { restore_layout(settings::layout(name)); });
                });
    }
    if (!names.isEmpty()) layout_menu_->addSeparator();
    for (const QString& name : names) {
        connect(layout_menu_->addAction(tr("Delete %1").arg(name)), &QAction::triggered, this,
                [this, name] { delete_layout(name); });
    }
    layout_menu_->menuAction()->setVisible(!names.isEmpty());
}

void MainWindow::save_layout() {
    const QString name = QInputDialog::getText(this, tr("Save layout"), tr("Name of the layout")).trimmed();
    if (name.isEmpty()) return;
    settings::set_layout(name, saveState(kLayoutVersion));
    fill_layout_menu();
}

void MainWindow::delete_layout(const QString& name) {
    const QByteArray state = settings::layout(name);
    const auto remove = [this, name] {
        settings::remove_layout(name);
        fill_layout_menu();
    };
    remove();
    undo_.push({.name = tr("Delete layout %1").arg(name),
                .undo =
                    [this, name, state] {
                        settings::set_layout(name, state);
                        fill_layout_menu();
                    },
                .redo = remove});
}

// A presentation has a layout of its own, after which the docks are where they are to be.
void MainWindow::restore_layout(const QByteArray& state) {
    if (is_presenting_) {
        layout_before_presentation_ = state;
        return;
    }
    const bool shows_banner = banner_->isVisible();
    restoreState(state, kLayoutVersion);
    banner_->setVisible(shows_banner);  // it is no part of the layout
}

void MainWindow::set_presentation(bool is_on) {
    if (is_on == is_presenting_) return;
    is_presenting_ = is_on;
    if (is_on) {
        layout_watch_->pause();
        layout_before_presentation_ = saveState(kLayoutVersion);
        window_before_presentation_ = windowState();
        for (TitledDock* dock : docks()) dock->setVisible(dock == text_dock_);
        setWindowState(windowState() | Qt::WindowFullScreen);
        resizeDocks({text_dock_}, {width() / 3}, Qt::Horizontal);
    } else {
        setWindowState(window_before_presentation_);
        restoreState(layout_before_presentation_, kLayoutVersion);
        layout_watch_->accept();
    }
    menuBar()->setVisible(!is_on);
    tool_bar_->setVisible(!is_on);
    status_bar_->setVisible(!is_on);
    commands_->action(CommandId::Presentation)->setChecked(is_on);
    text_dock_->set_theme(dock_theme());
    refresh_picture();
    picture_->setFocus(Qt::OtherFocusReason);
    if (is_on) QTimer::singleShot(kUntilFullScreenMs, picture_, [this] { say_how_to_end_presentation(); });
}

void MainWindow::say_how_to_end_presentation() {
    if (!is_presenting_) return;
    QToolTip::showText(picture_->mapToGlobal(QPoint(16, 12)), tr("Esc or F11 ends the presentation"), picture_, {}, kHintMs);
}

/// Of the text dock; that of the others is never large.
DockTheme MainWindow::dock_theme() const {
    const DockTheme theme = dock_theme_from(theme_for(theme_choice_));
    return is_presenting_ ? enlarged(theme) : theme;
}

void MainWindow::keep_session() const {
    const AppState& state = controller_.state();
    settings::Session session{.file = {},
                              .token = state.selection.token.value_or(0),
                              .layer = state.selection.layer.value_or(0),
                              .picture = text_from_picture(picture_->options()),
                              .path_runner_ups = path_dock_->runner_ups()->isChecked(),
                              .path_scores = path_dock_->scores()->isChecked()};
    if (state.shows_trace()) {
        session.file = QString::fromStdString(state.trace_path.string());
    } else if (state.model && !state.model->is_embedded) {
        session.file = QString::fromStdString(state.model->path.string());
    }
    settings::set_session(session);
}

void MainWindow::resume_session() {
    const settings::Session session = settings::session();
    picture_->set_options(picture_from_text(session.picture, /*with_arrangement=*/true));
    undo_.clear();  // this is the beginning
    open_file(session.file.toStdString());
    auto* opening = new QObject(this);  // until the file is there
    connect(&controller_, &AppController::changed, opening, [this, session, opening] {
        const bool has_trace = controller_.state().shows_trace();
        if (!controller_.state().busy.text.isEmpty()) return;
        if (!has_trace && !controller_.is_idle()) return;
        disconnect(&controller_, nullptr, opening, nullptr);
        opening->deleteLater();
        if (!has_trace) return;
        controller_.select({.token = {}, .layer = session.layer, .expert = {}});
        controller_.select_token(session.token);
    });
}

}  // namespace moe::app
