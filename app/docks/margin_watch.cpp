#include "app/docks/margin_watch.h"

#include <utility>

namespace moe::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 500ms;

}  // namespace

MarginWatch::MarginWatch(QObject* parent) : QObject(parent), sampling_(kPause) {}

void MarginWatch::follow(const TraceSnapshot& trace, std::uint64_t identity) {
    if (std::exchange(identity_, identity) != identity) {
        sampling_.forget();
        asked_.forget();
        sample_ = std::make_shared<MarginSample>();
    }
    if (trace.n_routed() == 0) return;
    const auto urgency = asked_.urgency_of(identity, trace.n_routed());
    if (!urgency) return;
    sampling_.ask(
        [this, trace] {
            auto sample =
                std::make_shared<const MarginSample>(MarginSample::of(trace, MarginSample::kTokens));
            return [this, sample] {
                sample_ = sample;
                Q_EMIT changed();
            };
        },
        *urgency);
}

}  // namespace moe::app
