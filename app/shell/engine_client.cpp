#include "app/shell/engine_client.h"

#include <QThread>
#include <algorithm>

namespace moe::app {

namespace {

bool gives_up_work(const CommandBody& command) {
    return std::holds_alternative<LoadModel>(command) || std::holds_alternative<StartRun>(command) ||
           std::holds_alternative<Cancel>(command);
}

}  // namespace

std::size_t n_cores() { return static_cast<std::size_t>(std::max(1, QThread::idealThreadCount())); }

std::size_t threads_beside_window(std::size_t n_cores) { return n_cores > 2 ? n_cores - 1 : n_cores; }

EngineClient::EngineClient(QObject* parent)
    : QObject(parent),
      worker_(std::make_unique<Worker>(Worker::Options{.n_threads = threads_beside_window(n_cores()),
                                                       .on_event = [this] { wake(); }})) {}

EngineClient::~EngineClient() = default;

RequestId EngineClient::post(CommandBody command) {
    const bool interrupts = gives_up_work(command);
    const RequestId request = worker_->post(std::move(command));
    if (interrupts) first_fresh_ = request;
    return request;
}

// In the worker's thread.
void EngineClient::wake() {
    if (is_awake_.exchange(true)) return;
    QMetaObject::invokeMethod(
        this, [this] { drain(); }, Qt::QueuedConnection);
}

void EngineClient::drain() {
    is_awake_ = false;
    while (const std::optional<Event> event = worker_->take_event()) {
        const bool is_stale = std::holds_alternative<Progress>(event->body) && event->request < first_fresh_;
        if (!is_stale) Q_EMIT event_arrived(*event);
    }
}

}  // namespace moe::app
