#pragma once

#include <functional>
#include <utility>

#include "engine/worker/event.h"
#include "engine/worker/mailbox.h"

namespace moe {

/// Posts the engine's events and wakes whoever takes them.
class EventSender {
  public:
    EventSender(Mailbox<Event>& mailbox, std::function<void()> on_event)
        : mailbox_(&mailbox), on_event_(std::move(on_event)) {}

    void post(RequestId request, EventBody body) {
        mailbox_->post({.request = request, .body = std::move(body)});
        wake();
    }

    /// In the place of the command's last Progress if that still waits.
    void post_progress(RequestId request, Progress progress) {
        mailbox_->post_or_replace(
            {.request = request, .body = std::move(progress)}, [request](const Event& event) {
                return event.request == request && std::holds_alternative<Progress>(event.body);
            });
        wake();
    }

    /// In the place of the run's last RunGrew if that still waits.
    void post_grew(RequestId request, RunGrew grew) {
        const RunId run = grew.run;
        mailbox_->post_or_replace({.request = request, .body = std::move(grew)},
                                  [run](const Event& event) { return tells_growth_of(event, run); });
        wake();
    }

    /// Whether a RunGrew of `run` waits to be taken.
    bool has_growth_waiting(RunId run) const {
        return mailbox_->holds([run](const Event& event) { return tells_growth_of(event, run); });
    }

  private:
    static bool tells_growth_of(const Event& event, RunId run) {
        const auto* grew = std::get_if<RunGrew>(&event.body);
        return grew != nullptr && grew->run == run;
    }
    void wake() const {
        if (on_event_) on_event_();
    }

    Mailbox<Event>* mailbox_;
    std::function<void()> on_event_;
};

}  // namespace moe
