#include "app/shell/engine_client.h"

namespace moe::app {

EngineClient::EngineClient(QObject* parent)
    : QObject(parent), worker_(std::make_unique<Worker>(Worker::Options{.n_threads = 0, .on_event = [this] { wake(); }})) {}

EngineClient::~EngineClient() = default;

RequestId EngineClient::post(CommandBody command) {
    newest_request_ = worker_->post(std::move(command));
    return newest_request_;
}

// In the worker's thread.
void EngineClient::wake() {
    if (is_awake_.exchange(true)) return;
    QMetaObject::invokeMethod(this, [this] { drain(); }, Qt::QueuedConnection);
}

void EngineClient::drain() {
    is_awake_ = false;
    while (const std::optional<Event> event = worker_->take_event()) {
        const bool is_stale = std::holds_alternative<Progress>(event->body) && event->request < newest_request_;
        if (!is_stale) Q_EMIT event_arrived(*event);
    }
}

}  // namespace moe::app
