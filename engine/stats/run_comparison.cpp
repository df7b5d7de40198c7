#include "engine/stats/run_comparison.h"

#include <algorithm>

namespace moe {
namespace {

std::size_t n_only_in_a(ExpertsView a, ExpertsView b) {
    return static_cast<std::size_t>(std::ranges::count_if(a, [&](std::uint16_t expert) {
        return expert != kNoExpert && std::ranges::find(b, expert) == b.end();
    }));
}

bool has_same_routing_axes(const TraceSnapshot& a, const TraceSnapshot& b) {
    return a.has_shape() && b.has_shape() && a.shape() == b.shape();
}

}  // namespace

RunComparison compare_runs(const TraceSnapshot& a, const TraceSnapshot& b) {
    RunComparison result{.n_tokens_a = a.n_tokens(), .n_tokens_b = b.n_tokens()};
    const std::size_t n_both = std::min(a.n_tokens(), b.n_tokens());
    result.has_routes = has_same_routing_axes(a, b);
    if (result.has_routes) result.n_slots_different.assign(a.shape().n_layers, 0);
    const std::size_t n_routed = result.has_routes ? std::min(a.n_routed(), b.n_routed()) : 0;
    for (std::size_t position = 0; position < n_both; ++position) {
        RunDifference difference{.position = position};
        difference.is_token_different = a.token(position).id != b.token(position).id;
        if (difference.is_token_different && !result.first_different_token)
            result.first_different_token = position;
        const bool is_same_text = !result.first_different_token;
        if (is_same_text) ++result.n_same_text;
        for (std::size_t layer = 0; position < n_routed && layer < a.shape().n_layers; ++layer) {
            const std::size_t n_slots = n_only_in_a(a.experts(position, layer), b.experts(position, layer));
            if (is_same_text) result.n_slots_different[layer] += n_slots;
            if (n_slots == 0) continue;
            if (difference.n_layers++ == 0) difference.first_layer = layer;
        }
        if (is_same_text && position < n_routed) result.n_slots_compared += a.shape().top_k;
        if (!difference.is_token_different && difference.n_layers == 0) continue;
        if (is_same_text && !result.first_different_route) result.first_different_route = difference;
        if (result.n_differences++ < kListedDifferencesMax) result.differences.push_back(difference);
    }
    if (result.first_different_token) return result;
    if (a.n_tokens() < b.n_tokens()) result.end_of_a = n_both;
    if (b.n_tokens() < a.n_tokens()) result.end_of_b = n_both;
    return result;
}

}  // namespace moe
