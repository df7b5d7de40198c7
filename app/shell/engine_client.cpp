#include "app/shell/engine_client.h"

namespace moe::app {

namespace {

bool gives_up_work(const CommandBody& command) {
    return std::holds_alternative<LoadModel>(command) || std::holds_alternative<StartRun>(command) ||
           std::holds_alternative<Cancel>(command);
}

}  // namespace

EngineClient::EngineClient(QObject* parent)
    : QObject(parent),
      worker_(std::make_unique<Worker>(Worker::Options{.n_threads = 0, .on_event = [this] { wake(); }})) {}

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
