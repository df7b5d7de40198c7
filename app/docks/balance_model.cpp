#include "app/docks/balance_model.h"

#include <algorithm>
#include <utility>

#include "engine/stats/dead_null.h"
#include "engine/trace/layer_number.h"

namespace moe::app {

namespace {

constexpr std::size_t kDraws = 200;  // within about 3 %, and quick enough to follow a drag

std::vector<std::size_t> counts_of(const RunningPhaseLoad& load, std::size_t layer, PhaseFilter phase) {
    const auto prefill = load.counts(Phase::Prefill, layer);
    const auto decode = load.counts(Phase::Decode, layer);
    if (phase == PhaseFilter::Prefill) return {prefill.begin(), prefill.end()};
    std::vector<std::size_t> counts(decode.begin(), decode.end());
    if (phase == PhaseFilter::Decode) return counts;
    for (std::size_t expert = 0; expert < counts.size(); ++expert) counts[expert] += prefill[expert];
    return counts;
}

std::size_t n_tokens_of(const RunningPhaseLoad& load, PhaseFilter phase) {
    const std::size_t n_prefill = load.n_tokens(Phase::Prefill);
    const std::size_t n_decode = load.n_tokens(Phase::Decode);
    return phase == PhaseFilter::Prefill  ? n_prefill
           : phase == PhaseFilter::Decode ? n_decode
                                          : n_prefill + n_decode;
}

void add(LoadBalance& sum, const LoadBalance& balance) {
    sum.max_violation += balance.max_violation;
    sum.cv += balance.cv;
    sum.gini += balance.gini;
    sum.normalized_entropy = sum.normalized_entropy.value_or(0) + balance.normalized_entropy.value_or(0);
    sum.effective_experts += balance.effective_experts;
    sum.n_dead += balance.n_dead;
}

LoadBalance mean_of(const std::vector<BalanceRow>& rows) {
    LoadBalance mean;
    if (rows.empty()) return mean;
    for (const BalanceRow& row : rows) add(mean, row.balance);
    const auto n = static_cast<double>(rows.size());
    mean.max_violation /= n;
    mean.cv /= n;
    mean.gini /= n;
    mean.effective_experts /= n;
    if (rows.front().balance.normalized_entropy) {
        mean.normalized_entropy = *mean.normalized_entropy / n;
    } else {
        mean.normalized_entropy.reset();
    }
    return mean;
}

}  // namespace

BalanceModel balance_model(const RunningPhaseLoad& load, const TraceShape& shape, const TokenRange& range,
                           PhaseFilter phase) {
    BalanceModel model{.range = range,
                       .phase = phase,
                       .n_tokens = n_tokens_of(load, phase),
                       .n_experts = shape.n_experts,
                       .top_k = shape.top_k};
    const UniformRouting uniform{
        .n_tokens = model.n_tokens, .n_experts = shape.n_experts, .top_k = shape.top_k};
    const std::size_t largest_by_chance = load_band(uniform).largest;
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
        std::vector<std::size_t> counts = counts_of(load, layer, phase);
        const std::optional<LoadBalance> balance = load_balance(counts);
        if (!balance) continue;
        const std::size_t largest = *std::ranges::max_element(counts);
        model.rows.push_back({.layer = layer,
                              .name = QString::number(layer_number(shape, layer)),
                              .counts = std::move(counts),
                              .balance = *balance,
                              .is_over = largest > largest_by_chance});
    }
    model.mean = mean_of(model.rows);
    model.if_uniform = load_null(uniform, kDraws).value_or(LoadNull{});
    model.dead_if_uniform = dead_null(uniform);
    return model;
}

}  // namespace moe::app
