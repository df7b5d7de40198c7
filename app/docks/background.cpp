#include "app/docks/background.h"

#include <utility>

namespace moe::app {

Background::Background(std::chrono::milliseconds pause, QObject* parent) : QObject(parent) {
    pool_.setMaxThreadCount(1);
    pause_.setSingleShot(true);
    pause_.setInterval(pause);
    connect(&pause_, &QTimer::timeout, this, &Background::start);
}

Background::~Background() { pool_.waitForDone(); }

void Background::ask(Work work) {
    next_ = std::move(work);
    if (!is_working_ && !pause_.isActive()) start();
}

void Background::forget() {
    next_.reset();
    first_wanted_ = n_asked_;
}

void Background::start() {
    if (!next_) return;
    is_working_ = true;
    pool_.start([this, work = *std::exchange(next_, std::nullopt), question = n_asked_++] {
        QMetaObject::invokeMethod(
            this, [this, question, answer = work()] { take(question, answer); }, Qt::QueuedConnection);
    });
}

void Background::take(std::uint64_t question, const Answer& answer) {
    is_working_ = false;
    if (question >= first_wanted_ && answer) answer();
    pause_.start();
}

}  // namespace moe::app
