#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "render/scene/chart.h"

namespace moe::render {

/// What a few neighbouring tokens have in common: over tokens and layers.
struct TimelineBin {
    double low = 0;
    double mean = 0;
    double high = 0;
};

/// A figure along a run.
struct TimelineTrackModel {
    std::string name;
    std::string unit;
    std::vector<std::optional<TimelineBin>>
        bins;  ///< of equally many tokens; nothing where there is no figure
    bool has_band = true;                          ///< from the lowest to the highest, beside the mean
    std::string absent;                            ///< not empty: why there is no track
    double scale_end = 0;                          ///< bars beyond it end at the top; 0: at the highest value
    bool starts_at_zero = true;                    ///< else the axis begins near the smallest value
    std::vector<std::optional<double>> if_uniform = {};  ///< as bins, dashed: what uniform routing would give
};

struct TimelineChartModel {
    std::string title;
    std::string subtitle;
    std::vector<std::string> caption;
    std::size_t first = 0;  ///< tokens, half-open
    std::size_t end = 0;
    std::size_t bin_tokens = 1;
    std::size_t end_of_prompt = 0;  ///< position of the first generated token
    std::vector<TimelineTrackModel> tracks;
};

/// How many bins are worth having at that width.
std::size_t timeline_bins(int width);

Chart timeline_chart(const TimelineChartModel& model, int width, int height, const Theme& theme);

}  // namespace moe::render
