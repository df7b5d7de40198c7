#include "app/shell/screenshot.h"

#include <QCoreApplication>
#include <QPixmap>
#include <QTimer>

namespace moe::app {

ScreenshotJob::ScreenshotJob(MainWindow& window, const Options& options) : QObject(&window), window_(window), options_(options) {
    const auto look_later = [this] { QTimer::singleShot(0, this, &ScreenshotJob::look); };
    connect(&window.controller(), &AppController::changed, this, look_later);
    connect(window.picture(), &PictureView::frame_done, this, look_later);
    connect(&window.controller(), &AppController::failed, this, [this, look_later] {
        status_ = 1;
        is_started_ = true;
        look_later();
    });
}

void ScreenshotJob::look() {
    const AppState& state = window_.controller().state();
    if (is_done_ || !window_.is_settled() || !(state.model || state.shows_trace() || is_started_)) return;
    if (!is_started_) {
        is_started_ = true;
        if (options_.n_steps == 0 || state.shows_trace()) return QTimer::singleShot(0, this, &ScreenshotJob::look);
        window_.controller().run_prompt(AppController::Then::Pause);
        window_.controller().generate(options_.n_steps);
        return;
    }
    is_done_ = true;
    save();
}

void ScreenshotJob::save() {
    if (!options_.path.isEmpty() && !window_.grab().save(options_.path)) {
        qWarning("%s: cannot be written; choose another folder", qPrintable(options_.path));
        status_ = 1;
    }
    if (options_.leaves) QCoreApplication::exit(status_);
}

}  // namespace moe::app
