#include "engine/stats/router_entropy.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

#include "engine/base/check.h"

namespace moe {
namespace {

using Workspace = CertaintyTally::Workspace;

bool is_softmax(TraceGating gating) {
    return gating == TraceGating::Softmax || gating == TraceGating::SoftmaxTopK;
}

double entropy_of(std::span<const float> scores, double total) {
    double entropy = 0.0;
    for (const float score : scores) {
        const double p = static_cast<double>(score) / total;
        if (p > 0.0) entropy -= p * std::log(p);
    }
    return std::max(entropy, 0.0);
}

/// The k-th minus the (k+1)-th largest; reorders `ranked`.
std::optional<double> margin_of(std::span<float> ranked, std::size_t k) {
    if (k == 0 || k >= ranked.size()) return std::nullopt;
    const auto last_chosen = ranked.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::ranges::nth_element(ranked, last_chosen, std::greater<>());
    const float next = *std::max_element(last_chosen + 1, ranked.end());
    return static_cast<double>(*last_chosen) - static_cast<double>(next);
}

std::optional<RouterCertainty> certainty_of(const TraceSnapshot& trace, std::size_t position,
                                            std::size_t layer, Workspace& work) {
    const std::size_t n_experts = trace.shape().n_experts;
    work.scores.resize(n_experts);
    work.ranked.resize(n_experts);
    if (!trace.scores(position, layer, work.scores)) return std::nullopt;
    const double total =
        is_softmax(trace.gating()) ? 1.0 : std::accumulate(work.scores.begin(), work.scores.end(), 0.0);
    if (!(total > 0.0)) return std::nullopt;

    RouterCertainty certainty;
    if (n_experts > 1) certainty.entropy = entropy_of(work.scores, total);
    std::size_t n_chosen = 0;
    for (const std::uint16_t expert : trace.experts(position, layer)) {
        if (expert == kNoExpert) continue;
        certainty.chosen_mass += static_cast<double>(work.scores[expert]) / total;
        ++n_chosen;
    }
    trace.selection(position, layer, work.ranked);
    certainty.margin = margin_of(work.ranked, n_chosen);
    return certainty;
}

}  // namespace

std::optional<RouterCertainty> router_certainty(const TraceSnapshot& trace, std::size_t position,
                                                std::size_t layer) {
    Workspace work;
    return certainty_of(trace, position, layer, work);
}

std::optional<RouterCertainty> mean_router_certainty(const TraceSnapshot& trace, std::size_t layer,
                                                     std::size_t first, std::size_t end) {
    MOE_CHECK(first <= end && end <= trace.n_routed());
    CertaintyTally tally;
    for (std::size_t position = first; position < end; ++position) tally.add(trace, position, layer);
    return tally.mean();
}

void CertaintyTally::Mean::add(std::optional<double> value) {
    if (!value.has_value()) return;
    sum += *value;
    ++n;
}

std::optional<double> CertaintyTally::Mean::value() const {
    if (n == 0) return std::nullopt;
    return sum / static_cast<double>(n);
}

void CertaintyTally::add(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    const auto certainty = certainty_of(trace, position, layer, work_);
    if (!certainty.has_value()) return;
    entropy_.add(certainty->entropy);
    chosen_mass_.add(certainty->chosen_mass);
    margin_.add(certainty->margin);
}

std::optional<RouterCertainty> CertaintyTally::mean() const {
    if (chosen_mass_.n == 0) return std::nullopt;
    return RouterCertainty{
        .entropy = entropy_.value(), .chosen_mass = *chosen_mass_.value(), .margin = margin_.value()};
}

}  // namespace moe
