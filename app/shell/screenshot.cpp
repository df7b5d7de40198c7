#include "app/shell/screenshot.h"

#include <QApplication>
#include <QLineEdit>
#include <QPainter>
#include <QPixmap>
#include <chrono>
#include <cstdio>
#include <utility>

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
    if (!is_prepared_) return prepare();
    // A command opens its field at the next turn of the event loop.
    if (!options_.typed.isEmpty()) return type(std::exchange(options_.typed, {}));
    timer_.stop();
    save();
}

void ScreenshotJob::prepare() {
    is_prepared_ = true;
    for (const QString& name : options_.commands) {
        if (window_.run_command(name)) continue;
        std::fprintf(stderr,
                     "moescope: --command %s: no such command, or not possible now; see the list under ?\n",
                     qPrintable(name));
        status_ = 1;
    }
}

void ScreenshotJob::type(const QString& text) {
    const QWidget* popup = QApplication::activePopupWidget();
    QWidget* focus = popup != nullptr ? popup->focusWidget() : window_.focusWidget();
    if (auto* field = qobject_cast<QLineEdit*>(focus)) field->setText(text);
}

// With the dialogs and popups that stand over the window.
QPixmap ScreenshotJob::grab() const {
    QPixmap pixmap = window_.grab();
    QPainter painter(&pixmap);
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (top == &window_ || !top->isVisible()) continue;
        const QRect place(window_.mapFromGlobal(top->mapToGlobal(QPoint())), top->size());
        painter.drawPixmap(place.topLeft(), top->grab());
        const bool is_framed =
            top->windowType() == Qt::Dialog;  // by the desktop, whose frame is not ours to grab
        painter.setPen(is_framed ? top->palette().color(QPalette::Mid) : QColor(Qt::transparent));
        painter.drawRect(place.adjusted(0, 0, -1, -1));
    }
    return pixmap;
}

void ScreenshotJob::save() {
    if (!options_.path.isEmpty() && !grab().save(options_.path)) {
        std::fprintf(stderr, "moescope: %s: cannot be written; choose another folder\n",
                     qPrintable(options_.path));
        status_ = 1;
    }
    if (options_.leaves) QCoreApplication::exit(status_);
}

}  // namespace moe::app
