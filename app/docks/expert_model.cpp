#include "app/docks/expert_model.h"

#include <algorithm>
#include <map>

#include "app/docks/token_display.h"
#include "app/docks/token_search.h"
#include "engine/base/check.h"
#include "engine/stats/expert_load.h"
#include "engine/stats/pair_null.h"

namespace moe::app {

namespace {

constexpr std::size_t kTokensMax = 40;
constexpr std::size_t kPlaces = 48;

struct Use {
    std::size_t position = 0;
    float weight = 0;
};

std::vector<Use> uses_of(const TraceSnapshot& trace, const TokenRange& range, std::size_t layer,
                         std::size_t expert) {
    std::vector<Use> uses;
    for (std::size_t position = range.first; position < range.end; ++position) {
        const auto experts = trace.experts(position, layer);
        const auto found = std::ranges::find(experts, static_cast<std::uint16_t>(expert));
        if (found == experts.end()) continue;
        const auto weights = trace.weights(position, layer);
        const auto slot = static_cast<std::size_t>(found - experts.begin());
        uses.push_back({.position = position, .weight = weights.empty() ? 0.0f : weights[slot]});
    }
    return uses;
}

void add_tokens(ExpertModel& model, const TraceSnapshot& trace, const std::vector<Use>& uses) {
    std::map<TokenId, TokenUse> by_id;
    for (std::size_t position = model.range.first; position < model.range.end; ++position)
        ++by_id[trace.token(position).id].n_seen;
    for (const Use& use : uses) {
        const TokenRecord& token = trace.token(use.position);
        TokenUse& entry = by_id[token.id];
        if (entry.n_used++ == 0) entry.text = token_by_itself(token.bytes);
        entry.id = token.id;
    }
    const double share = static_cast<double>(uses.size()) / static_cast<double>(model.range.size());
    for (auto& [id, entry] : by_id) {
        if (entry.n_used == 0) continue;
        entry.lift = static_cast<double>(entry.n_used) / static_cast<double>(entry.n_seen) / share;
        model.tokens.push_back(entry);
    }
    std::stable_sort(model.tokens.begin(), model.tokens.end(), [](const TokenUse& a, const TokenUse& b) {
        return a.n_used != b.n_used ? a.n_used > b.n_used : a.lift > b.lift;
    });
    if (model.tokens.size() > kTokensMax) model.tokens.resize(kTokensMax);
}

void add_partners(ExpertModel& model, const TraceSnapshot& trace) {
    const PairCounts counts = coactivation(trace, model.layer, model.range.first, model.range.end);
    const Matrix<double> expected = pair_null(counts, PairKind::WithinLayer);
    for (std::size_t other = 0; other < counts.cols(); ++other) {
        const std::size_t count = counts.row(model.expert)[other];
        if (other == model.expert || count == 0) continue;
        Partner partner{.expert = other, .count = count, .expected = expected.row(model.expert)[other]};
        if (partner.expected > 0) partner.lift = static_cast<double>(count) / partner.expected;
        model.partners.push_back(partner);
    }
    std::stable_sort(model.partners.begin(), model.partners.end(),
                     [](const Partner& a, const Partner& b) { return a.count > b.count; });
}

void add_places(ExpertModel& model, const std::vector<Use>& uses) {
    const std::size_t n = std::min(kPlaces, model.range.size());
    std::vector<std::size_t> sizes(n);
    model.load_by_place.assign(n, 0.0);
    const auto place_of = [&](std::size_t position) {
        return (position - model.range.first) * n / model.range.size();
    };
    for (std::size_t position = model.range.first; position < model.range.end; ++position)
        ++sizes[place_of(position)];
    for (const Use& use : uses) model.load_by_place[place_of(use.position)] += 1.0;
    for (std::size_t place = 0; place < n; ++place)
        model.load_by_place[place] /= static_cast<double>(std::max<std::size_t>(1, sizes[place]));
}

}  // namespace

ExpertModel expert_model(const TraceSnapshot& trace, const TokenRange& range, std::size_t layer,
                         std::size_t expert) {
    const TraceShape& shape = trace.shape();
    MOE_CHECK(layer < shape.n_layers && expert < shape.n_experts && range.end <= trace.n_routed());
    ExpertModel model{.layer = layer, .expert = expert, .range = range};
    if (range.size() == 0) return model;
    std::vector<Use> uses = uses_of(trace, range, layer, expert);
    const ExpertCounts counts = tokens_per_expert(trace, layer, range.first, range.end);
    std::size_t n_slots = 0;
    for (const std::size_t count : counts) n_slots += count;
    model.n_used = uses.size();
    model.fair_share = static_cast<double>(n_slots) / static_cast<double>(shape.n_experts);
    model.load_rank = 1 + static_cast<std::size_t>(std::ranges::count_if(
                              counts, [&](std::size_t count) { return count > uses.size(); }));
    add_places(model, uses);
    if (uses.empty()) return model;
    if (!trace.weights(range.first, layer).empty()) {
        double sum = 0;
        for (const Use& use : uses) sum += static_cast<double>(use.weight);
        model.mean_weight = sum / static_cast<double>(uses.size());
    }
    add_tokens(model, trace, uses);
    add_partners(model, trace);
    std::stable_sort(uses.begin(), uses.end(),
                     [](const Use& a, const Use& b) { return a.weight > b.weight; });
    for (const Use& use : uses) {
        if (model.positions.size() == kListedTokensMax) break;
        model.positions.push_back(use.position);
    }
    return model;
}

}  // namespace moe::app
