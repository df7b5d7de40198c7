#include "app/cli/interrupt.h"

#include <pthread.h>

#include <ctime>

namespace moe::app {

InterruptWatcher::InterruptWatcher() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::jthread([this](const std::stop_token& stop) {
        constexpr timespec kLook{.tv_sec = 0, .tv_nsec = 20'000'000};
        while (!stop.stop_requested()) {
            if (sigtimedwait(&signals_, nullptr, &kLook) > 0) source_.request_stop();
        }
    });
}

InterruptWatcher::~InterruptWatcher() {
    thread_.request_stop();
    thread_.join();
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace moe::app
