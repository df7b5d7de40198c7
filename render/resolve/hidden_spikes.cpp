#include "render/resolve/hidden_spikes.h"

#include <algorithm>

namespace moe::render {
namespace {

// The first pixel of each row or column; those between cells are none.
std::vector<std::size_t> first_pixels(const std::vector<IndexRange>& ranges) {
    std::vector<std::size_t> pixels;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (ranges[i].is_empty() || (i > 0 && ranges[i] == ranges[i - 1])) continue;
        pixels.push_back(i);
    }
    return pixels;
}

std::vector<IndexRange> ranges_at(const std::vector<IndexRange>& ranges,
                                  const std::vector<std::size_t>& pixels) {
    std::vector<IndexRange> found;
    found.reserve(pixels.size());
    for (const std::size_t pixel : pixels) found.push_back(ranges[pixel]);
    return found;
}

}  // namespace

std::optional<std::uint8_t> least_spike_code(HeatmapValue value, std::size_t top_k) {
    const bool is_share = value == HeatmapValue::AppliedWeight || value == HeatmapValue::Score;
    if (!is_share || top_k < 2) return std::nullopt;
    const auto ratio = static_cast<float>(kSpikeRatio);
    return code_from_value(ratio / (ratio + static_cast<float>(top_k - 1)));
}

std::optional<HeatmapValue> value_of_spikes(const FrameInput& input, const PanelLayout& layout,
                                            const ResolveRequest& heatmap) {
    if (!layout.tokens.is_folded() || heatmap.fold != Fold::Mean || input.trace.n_routed() == 0)
        return std::nullopt;
    const HeatmapValue value = shown_value(input.trace, input.view.value);
    if (!least_spike_code(value, input.trace.shape().top_k)) return std::nullopt;
    return value;
}

std::vector<HiddenSpike> spikes_of(const std::vector<SpikePixel>& pixels, const ResolveRequest& request) {
    std::vector<HiddenSpike> spikes;
    spikes.reserve(pixels.size());
    for (const SpikePixel& pixel : pixels)
        spikes.push_back({request.rows[pixel.y], request.columns[pixel.x], pixel.max_code});
    return spikes;
}

bool SpikeFinder::find(const TraceSnapshot& trace, const ResolveRequest& request, HeatmapValue value,
                       const CodeImage& drawn, TokenPyramids& pyramids, ReadBudget& budget) {
    found_.clear();
    const std::optional<std::uint8_t> least_code = least_spike_code(value, trace.shape().top_k);
    if (!least_code) return true;
    const std::vector<std::size_t> rows = first_pixels(request.rows);
    const std::vector<std::size_t> columns = first_pixels(request.columns);
    ResolveRequest once = request;  // every cell, however many pixels it has
    once.rows = ranges_at(request.rows, rows);
    once.columns = ranges_at(request.columns, columns);
    bool is_complete = true;
    if (drawn.codes.empty()) is_complete = means_.resolve(trace, once, pyramids, budget, mean_image_);
    once.value = value;
    once.fold = Fold::Max;
    if (!maxima_.resolve(trace, once, pyramids, budget, max_image_)) is_complete = false;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::uint8_t* maxima = max_image_.codes.data() + row * columns.size();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (maxima[i] < *least_code) continue;
            const std::uint8_t mean = drawn.codes.empty()
                                          ? mean_image_.codes[row * columns.size() + i]
                                          : drawn.codes[rows[row] * request.columns.size() + columns[i]];
            if (hides_spike(mean, maxima[i], *least_code))
                found_.push_back({.x = columns[i], .y = rows[row], .max_code = maxima[i]});
        }
    }
    return is_complete;
}

CellRef strongest_cell(const TraceSnapshot& trace, HeatmapValue value, const HiddenSpike& spike,
                       const ExpertArrangement* arrangement) {
    const std::size_t n_experts = trace.shape().n_experts;
    const std::size_t layer = spike.columns.first / n_experts;
    std::vector<bool> is_meant(n_experts, false);
    for (std::size_t i = spike.columns.first; i < spike.columns.end; ++i) {
        const std::size_t position = i % n_experts;
        is_meant[arrangement != nullptr ? arrangement->expert_at(layer, position) : position] = true;
    }
    CellReader reader(trace, value);
    CellRef best;
    float largest = RowSums::kNoValue;
    for (std::size_t token = spike.tokens.first; token < std::min(spike.tokens.end, trace.n_routed());
         ++token) {
        for (const CellValue& cell : reader.cells(token, layer)) {
            if (!is_meant[cell.expert] || cell.value <= largest) continue;
            largest = cell.value;
            best = {.token = token, .layer = layer, .expert = cell.expert};
        }
    }
    return best;
}

}  // namespace moe::render
