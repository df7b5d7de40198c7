#include "app/viewport/spike_walk.h"

#include <algorithm>
#include <vector>

namespace moe::app {
namespace {

using render::HiddenSpike;

/// The selection, or what comes before the first cell.
struct Place {
    std::optional<std::size_t> token;
    std::optional<std::size_t> column;
};

Place place_of(const SpikeWalk& walk) {
    const render::CellRef& from = walk.from;
    Place place{.token = from.token, .column = {}};
    if (!from.token || !from.layer || *from.layer >= walk.layout.columns.n_layers) return place;
    const std::optional<std::size_t> position =
        from.expert ? walk.layout.columns.position_of(*from.layer, *from.expert) : std::nullopt;
    place.column = *from.layer * walk.layout.columns.n_experts + position.value_or(0);
    return place;
}

bool is_after(const HiddenSpike& spike, const Place& place) {
    if (!place.token || spike.tokens.first > *place.token) return true;
    return spike.tokens.end > *place.token && (!place.column || spike.columns.first > *place.column);
}

bool is_before(const HiddenSpike& spike, const Place& place) {
    if (!place.token) return false;
    if (spike.tokens.end <= *place.token) return true;
    return spike.tokens.first <= *place.token && place.column && spike.columns.end <= *place.column;
}

std::vector<HiddenSpike> all_marks(const SpikeWalk& walk) {
    std::vector<HiddenSpike> marks = walk.report.spikes;
    for (const HiddenSpike& spike : walk.report.run_spikes) {
        if (spike.tokens.end <= walk.visible.first || spike.tokens.first >= walk.visible.second)
            marks.push_back(spike);
    }
    std::ranges::sort(marks, {}, [](const HiddenSpike& spike) {
        return std::pair(spike.tokens.first, spike.columns.first);
    });
    return marks;
}

}  // namespace

std::optional<HiddenSpike> next_spike(const SpikeWalk& walk) {
    const std::vector<HiddenSpike> marks = all_marks(walk);
    if (marks.empty()) return std::nullopt;
    const Place place = place_of(walk);
    const auto next =
        std::ranges::find_if(marks, [&](const HiddenSpike& mark) { return is_after(mark, place); });
    return next == marks.end() ? marks.front() : *next;
}

std::optional<HiddenSpike> previous_spike(const SpikeWalk& walk) {
    const std::vector<HiddenSpike> marks = all_marks(walk);
    if (marks.empty()) return std::nullopt;
    const Place place = place_of(walk);
    const auto previous = std::find_if(marks.rbegin(), marks.rend(),
                                       [&](const HiddenSpike& mark) { return is_before(mark, place); });
    return previous == marks.rend() ? marks.back() : *previous;
}

}  // namespace moe::app
