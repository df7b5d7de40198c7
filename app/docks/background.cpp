#include "app/docks/background.h"

#include <algorithm>
#include <utility>

namespace moe::app {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRestFactor = 20;  // a twentieth of a core at most, while a run grows

std::chrono::milliseconds since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

}  // namespace

Background::Background(std::chrono::milliseconds pause, QObject* parent) : QObject(parent), pause_(pause) {
    pool_.setMaxThreadCount(1);
    rest_.setSingleShot(true);
    connect(&rest_, &QTimer::timeout, this, &Background::start);
}

Background::~Background() { pool_.waitForDone(); }

void Background::ask(Work work, Urgency urgency) {
    is_next_urgent_ = urgency == Urgency::Now || (next_ && is_next_urgent_);
    next_ = std::move(work);
    if (!is_working_ && (is_next_urgent_ || !rest_.isActive())) start();
}

void Background::forget() {
    next_.reset();
    first_wanted_ = n_asked_;
}

void Background::start() {
    if (!next_ || is_working_) return;
    rest_.stop();
    is_working_ = true;
    pool_.start([this, work = *std::exchange(next_, std::nullopt), question = n_asked_++] {
        const Clock::time_point began = Clock::now();
        const Answer answer = work();
        QMetaObject::invokeMethod(
            this, [this, question, answer, took = since(began)] { take(question, answer, took); },
            Qt::QueuedConnection);
    });
}

void Background::take(std::uint64_t question, const Answer& answer, std::chrono::milliseconds took) {
    is_working_ = false;
    rest_.start(std::max(pause_, kRestFactor * took));
    if (question >= first_wanted_ && answer) answer();
    if (next_ && is_next_urgent_) start();
}

}  // namespace moe::app
