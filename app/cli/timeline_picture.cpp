#include "app/cli/timeline_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/cli/output.h"
#include "engine/stats/router_entropy.h"
#include "engine/stats/token_density.h"

namespace moe::app {
namespace {

using render::TimelineBin;

/// The spread of what was added.
struct Spread {
    TimelineBin bin{};
    double sum = 0;
    std::size_t n = 0;

    void add(double value) {
        bin.low = n == 0 ? value : std::min(bin.low, value);
        bin.high = n == 0 ? value : std::max(bin.high, value);
        sum += value;
        ++n;
    }
    std::optional<TimelineBin> value() const {
        if (n == 0) return std::nullopt;
        return TimelineBin{.low = bin.low, .mean = sum / static_cast<double>(n), .high = bin.high};
    }
};

std::vector<std::optional<TimelineBin>> values_of(const std::vector<Spread>& spreads) {
    std::vector<std::optional<TimelineBin>> values;
    for (const Spread& spread : spreads) values.push_back(spread.value());
    return values;
}

/// What is read of the run.
struct Figures {
    std::vector<Spread> entropy, margin;
    TraceStore tokens;  ///< without routing
    bool has_scores = false;
};

void add_token(const TraceSnapshot& window, std::size_t index, std::size_t bin, Figures& figures) {
    const double uniform = std::log(static_cast<double>(window.shape().n_experts));
    for (std::size_t layer = 0; layer < window.shape().n_layers; ++layer) {
        const auto certainty = router_certainty(window, index, layer);
        if (!certainty) continue;
        figures.has_scores = true;
        if (certainty->entropy && uniform > 0) figures.entropy[bin].add(*certainty->entropy / uniform);
        if (certainty->margin) figures.margin[bin].add(*certainty->margin);
    }
}

/// From one token before the selection: its time is where the first one begins.
Result<void> read(const MoetraceReader& trace, const Selection& selection, std::size_t bin_tokens,
                  Figures& figures) {
    const std::size_t before = selection.first > 0 ? 1 : 0;
    const auto visit = [&](const TraceSnapshot& window, std::size_t position) -> Result<void> {
        std::vector<TokenRecord> tokens;
        for (std::size_t index = 0; index < window.n_tokens(); ++index) {
            tokens.push_back(window.token(index));
            if (index >= window.n_routed() || position + index < selection.first) continue;
            add_token(window, index, (position + index - selection.first) / bin_tokens, figures);
        }
        figures.tokens.append_tokens(tokens);
        return {};
    };
    return trace.visit_run(selection.run->id, {.first = selection.first - before, .end = selection.end}, visit);
}

}  // namespace

Result<render::TimelineChartModel> timeline_picture(const MoetraceReader& trace, const std::string& path,
                                                    const SelectionArgument& argument, std::size_t most_bins) {
    MOE_TRY(const Selection selection, argument.in(trace, path));
    const std::size_t n_tokens = selection.end - selection.first;
    if (n_tokens == 0) return make_error("{}: the range holds no token; give a larger one", path);
    const TraceRunSummary& run = *selection.run;
    render::TimelineChartModel model;
    model.title = "Speed, entropy and margin along the run";
    model.subtitle = fmt::format("{}   \u00B7   run {}, positions {}\u2013{}", printable_utf8(run.model.name), run.id,
                                 selection.first, selection.end - 1);
    model.first = selection.first;
    model.end = selection.end;
    model.bin_tokens = (n_tokens + most_bins - 1) / most_bins;
    model.end_of_prompt = run.n_prefill;
    const std::size_t n_bins = (n_tokens + model.bin_tokens - 1) / model.bin_tokens;
    Figures figures{.entropy = std::vector<Spread>(n_bins),
                    .margin = std::vector<Spread>(n_bins),
                    .tokens = TraceStore(run.model.shape, run.model.gating)};
    MOE_TRY(read(trace, selection, model.bin_tokens, figures));
    const TraceSnapshot tokens = figures.tokens.snapshot();
    const std::size_t before = selection.first > 0 ? 1 : 0;
    std::vector<std::optional<TimelineBin>> density;
    std::vector<std::optional<double>> densities;
    for (std::size_t first = 0; first < n_tokens; first += model.bin_tokens) {
        const auto value =
            token_density(tokens, before + first, before + std::min(n_tokens, first + model.bin_tokens));
        densities.push_back(value);
        density.push_back(value ? std::optional(TimelineBin{*value, *value, *value}) : std::nullopt);
    }
    const bool has_times = std::ranges::any_of(density, [](const auto& bin) { return bin.has_value(); });
    const double density_end = density_scale_end(densities);
    const bool is_cut =
        std::ranges::any_of(densities, [&](const auto& value) { return value > density_end; });
    const std::string no_scores = figures.has_scores ? "" : "needs router scores; this trace has none";
    model.tracks = {{.name = "Density",
                     .unit = "tokens / s, wall time",
                     .bins = std::move(density),
                     .has_band = false,
                     .absent = has_times ? "" : "this part has no generated tokens with a time",
                     .scale_end = density_end},
                    {.name = "Entropy",
                     .unit = "of uniform",
                     .bins = values_of(figures.entropy),
                     .has_band = true,
                     .absent = no_scores},
                    {.name = "Margin",
                     .unit = "score units",
                     .bins = values_of(figures.margin),
                     .has_band = true,
                     .absent = no_scores}};
    model.caption = {
        "Entropy: \u2212\u03A3 p ln p of the router's scores / ln of the number of experts. Margin: the last chosen of the "
        "ranked scores less the best that was not chosen.",
        fmt::format("Line: mean over layers{}. Band: from the least to the greatest.",
                    model.bin_tokens > 1 ? fmt::format(" and {} tokens a point", model.bin_tokens) : "")};
    if (is_cut) model.caption.emplace_back("Density: bars beyond twice the median end at the top.");
    return model;
}

}  // namespace moe::app
