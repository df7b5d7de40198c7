#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "render/frame_report.h"
#include "render/resolve/cpu_resolve.h"
#include "render/scene/spike_merge.h"

namespace moe::render {

/// What a mean hides. A cell is a spike where its expert has at least kSpikeRatio times the weight that the
/// token's other chosen experts would have on average, were all weights to sum to 1:
///
///     w >= kSpikeRatio (1 - w) / (top_k - 1),   which is   w >= kSpikeRatio / (kSpikeRatio + top_k - 1)
///
/// 0.53 for 8 experts a token, 0.89 for 2. It is hidden where the maximum's code is at least kFarAbove above
/// the code that the mean has: the same pixel, folded as a maximum, would be brighter at a glance.
inline constexpr int kSpikeRatio = 8;
inline constexpr int kFarAbove = 32;  ///< of 254 steps, an eighth of the map

/// The least code of a spike. Nothing where there are none: of values that are no share of a token, and with
/// one expert a token, which has all of it.
std::optional<std::uint8_t> least_spike_code(HeatmapValue value, std::size_t top_k);

/// Whether a pixel with these codes of its mean (0 = nothing was chosen, or not summed up yet) and its
/// maximum hides a spike.
inline bool hides_spike(std::uint8_t mean, std::uint8_t maximum, std::uint8_t least_code) {
    return mean > 0 && maximum >= least_code && maximum >= mean + kFarAbove;
}

/// The value whose spikes the heatmap hides; nothing where it folds no rows or keeps the maximum.
std::optional<HeatmapValue> value_of_spikes(const FrameInput& input, const PanelLayout& layout,
                                            const ResolveRequest& heatmap);

/// What the pixels of a request stand for.
std::vector<HiddenSpike> spikes_of(const std::vector<SpikePixel>& pixels, const ResolveRequest& request);

/// Finds the pixels of an image that hide a spike; keeps the maxima of rows for the next frame.
class SpikeFinder {
  public:
    explicit SpikeFinder(ThreadPool* pool) : means_(pool), maxima_(pool) {}

    /// Of a request for means, in reading order. `drawn` is its answer or, on a GPU, empty: then means are
    /// made here. False where the budget did not allow all.
    bool find(const TraceSnapshot& trace, const ResolveRequest& request, HeatmapValue value,
              const CodeImage& drawn, TokenPyramids& pyramids, ReadBudget& budget);
    const std::vector<SpikePixel>& found() const { return found_; }

  private:
    CpuResolve means_;
    CpuResolve maxima_;
    CodeImage mean_image_;
    CodeImage max_image_;
    std::vector<SpikePixel> found_;
};

/// The strongest cell of a pixel, the first of those that are equal.
CellRef strongest_cell(const TraceSnapshot& trace, HeatmapValue value, const HiddenSpike& spike,
                       const ExpertArrangement* arrangement);

}  // namespace moe::render
