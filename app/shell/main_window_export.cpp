// What the window writes to files: pictures as they are shown, and the numbers behind them.
#include <QPointer>
#include <QThreadPool>

#include "app/docks/token_display.h"
#include "app/shell/export_numbers.h"
#include "app/shell/file_dialogs.h"
#include "app/shell/main_window.h"
#include "app/viewport/chart_painter.h"
#include "engine/base/atomic_write.h"
#include "render/export/png.h"
#include "render/export/svg.h"

namespace moe::app {

namespace {

constexpr QSize kChartSize(1280, 800);
constexpr double kChartScale = 2.0;  // of a PNG

}  // namespace

void MainWindow::connect_export_commands() {
    commands_->on(CommandId::SavePicture, [this] { save_picture(); });
    commands_->on(CommandId::SavePath, [this] {
        path_dock_->set_model(path_model());  // it may be behind another tab
        save_chart(path_dock_->view()->chart(kChartSize.width(), kChartSize.height()),
                   QStringLiteral("path"));
    });
    commands_->on(CommandId::SaveDifference, [this] {
        save_chart(difference_dock_->view()->chart(kChartSize.width(), kChartSize.height()),
                   QStringLiteral("difference"));
    });
    commands_->on(CommandId::ExportRange, [this] {
        if (const auto& range = controller_.state().range) export_tokens(*range);
    });
    commands_->on(CommandId::ExportVisible, [this] {
        if (const auto visible = picture_->visible_tokens())
            export_tokens({.first = visible->first, .end = visible->second});
    });
    commands_->on(CommandId::ExportRun, [this] {
        if (const RunEntry* run = controller_.state().shown_run())
            export_tokens({.first = 0, .end = run->snapshot.n_tokens()});
    });
}

void MainWindow::refresh_export_commands() {
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    const bool has_tokens = run != nullptr && run->snapshot.has_shape() && run->snapshot.n_tokens() > 0;
    const QString nothing = tr("Nothing was generated yet");
    commands_->allow(CommandId::ExportRun, has_tokens, nothing);
    commands_->allow(CommandId::ExportVisible, has_tokens, nothing);
    commands_->allow(CommandId::ExportRange, has_tokens && state.range.has_value(),
                     has_tokens ? tr("No range is selected; [ and ] make one") : nothing);
    const bool has_path =
        has_tokens && state.selection.token.value_or(run->snapshot.n_routed()) < run->snapshot.n_routed();
    commands_->allow(CommandId::SavePath, has_path, tr("Select a routed token first"));
    commands_->allow(CommandId::SaveDifference, !difference_dock_->view()->shown().rows.empty(),
                     tr("Show the difference of two runs first (Ctrl+7)"));
}

void MainWindow::say_not_written(const QString& title, const Error& error, std::function<void()> retry) {
    banner_->show_failure({.title = title,
                           .reason = QString::fromStdString(error.message),
                           .advice = tr("choose another folder"),
                           .details = {},
                           .retry = std::move(retry)});
}

void MainWindow::say_written(const std::filesystem::path& path) {
    status_bar_->say(tr("Saved %1").arg(QString::fromStdString(path.string())));
}

void MainWindow::save_picture() {
    const auto path = ask_picture_file(this, QStringLiteral("moescope"));
    if (!path) return;
    const Result<void> saved =
        path->extension() == ".svg"
            ? atomic_write(*path, picture_->picture_as_svg())
        : picture_->picture().save(QString::fromStdString(path->string()), "PNG")
            ? Result<void>()
            : make_error("{} cannot be written", path->string());
    if (saved) return say_written(*path);
    say_not_written(tr("Could not save the picture"), saved.error(), [this] { save_picture(); });
}

void MainWindow::save_chart(const render::Chart& chart, const QString& name) {
    const auto path = ask_picture_file(this, name);
    if (!path) return;
    const auto pixels = [](int logical) { return static_cast<int>(logical * kChartScale); };
    const Result<void> saved =
        path->extension() == ".svg"
            ? render::write_svg(*path, chart)
            : render::write_png(*path,
                                chart_image(chart, pixels(chart.width), pixels(chart.height), kChartScale));
    if (saved) return say_written(*path);
    say_not_written(tr("Could not save the picture"), saved.error(),
                    [this, chart, name] { save_chart(chart, name); });
}

// A long run takes a while: it is written beside the window, which goes on.
void MainWindow::export_tokens(const TokenRange& range) {
    const RunEntry* run = controller_.state().shown_run();
    if (run == nullptr) return;
    const TokenRange part{.first = std::min(range.first, run->snapshot.n_tokens()),
                          .end = std::min(range.end, run->snapshot.n_tokens())};
    const auto path = ask_numbers_file(this, QStringLiteral("tokens_%1-%2").arg(part.first).arg(part.end));
    if (!path) return;
    QThreadPool::globalInstance()->start(
        [window = QPointer(this), path = *path, trace = run->snapshot, part] {
            const Result<void> written = export_numbers(path, trace, part);
            QMetaObject::invokeMethod(
                qApp,
                [window, path, written] {
                    if (!window) return;
                    if (written) return window->say_written(path);
                    window->say_not_written(tr("Could not export the numbers"), written.error(), {});
                },
                Qt::QueuedConnection);
        });
}

}  // namespace moe::app
