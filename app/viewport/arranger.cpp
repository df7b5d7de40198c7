#include "app/viewport/arranger.h"

#include <algorithm>
#include <utility>

namespace moe::app {
namespace {

constexpr std::size_t kStepsAtOnce = 1'000'000;  // some milliseconds

}  // namespace

bool Arranger::is_long_work(const TraceSnapshot& trace, const render::ArrangementChoice& choice) {
    if (choice.sort == render::ExpertSort::ById || trace.n_routed() == 0) return false;
    const TraceShape& shape = trace.shape();
    std::size_t n_steps = trace.n_routed() * shape.top_k;  // of a layer
    if (choice.sort == render::ExpertSort::BySimilarity)
        n_steps = n_steps * shape.top_k + shape.n_experts * shape.n_experts * shape.n_experts;
    return n_steps * shape.n_layers > kStepsAtOnce;
}

Arranger::Arranger(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

Arranger::~Arranger() { forget(); }

void Arranger::ask(TraceSnapshot trace, render::ArrangementChoice choice, Answer answer) {
    forget();
    stop_ = {};
    is_idle_ = false;
    pool_.start([this, trace = std::move(trace), choice = std::move(choice), answer = std::move(answer),
                 stop = stop_.get_token()] {
        const Arrangement arrangement = render::arranged(trace, trace.shape(), choice, stop);
        const auto take = [this, answer, arrangement, stop] {
            if (stop.stop_requested()) return;
            is_idle_ = true;
            answer(arrangement);
        };
        QMetaObject::invokeMethod(this, take, Qt::QueuedConnection);
    });
}

void Arranger::forget() {
    stop_.request_stop();
    pool_.clear();
    is_idle_ = true;
}

}  // namespace moe::app
