#include "app/shell/screenshot.h"

#include <QCoreApplication>
#include <QPixmap>
#include <chrono>
#include <cstdio>

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kLookInterval = 30ms;

}  // namespace

ScreenshotJob::ScreenshotJob(MainWindow& window, const Options& options)
    : QObject(&window), window_(window), options_(options) {
    connect(&window.controller(), &AppController::failed, this, [this] {
        status_ = 1;
        is_started_ = true;
    });
    connect(&timer_, &QTimer::timeout, this, &ScreenshotJob::look);
    timer_.start(kLookInterval);
}

void ScreenshotJob::look() {
    const AppState& state = window_.controller().state();
    if (!window_.is_settled() || !(state.model || state.shows_trace() || is_started_)) return;
    if (!is_started_) {
        is_started_ = true;
        if (options_.n_steps == 0 || state.shows_trace()) return;
        window_.controller().run_prompt(AppController::Then::Pause);
        window_.controller().generate(options_.n_steps);
        return;
    }
    timer_.stop();
    save();
}

void ScreenshotJob::save() {
    if (!options_.path.isEmpty() && !window_.grab().save(options_.path)) {
        std::fprintf(stderr, "moescope: %s: cannot be written; choose another folder\n",
                     qPrintable(options_.path));
        status_ = 1;
    }
    if (options_.leaves) QCoreApplication::exit(status_);
}

}  // namespace moe::app
