#include "app/cli/timeline_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/cli/output.h"
#include "engine/stats/recent_load.h"
#include "engine/stats/repetition.h"
#include "engine/stats/router_entropy.h"
#include "engine/stats/token_density.h"

namespace moe::app {
namespace {

using render::TimelineBin;

constexpr const char* kDense = "a dense model has no router";

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

/// Tokens that are read before the selected ones.
std::size_t n_before(const Selection& selection) { return std::min(selection.first, kRecentTokens); }

/// What is read of the run.
struct Figures {
    std::vector<Spread> entropy, overlap, margin;  ///< by bin
    TraceStore tokens;                             ///< without routing
    std::vector<RecentLoad> recent = {};           ///< by layer
    bool has_scores = false;
};

/// Adds a token's figures to a bin; to none where it only comes before the others.
void add_token(const TraceSnapshot& window, std::size_t index, std::optional<std::size_t> bin, bool is_too_early,
               Figures& figures) {
    const double uniform = std::log(static_cast<double>(window.shape().n_experts));
    const auto add = [&](const std::optional<double>& value, std::vector<Spread>& spreads) {
        if (bin && value) spreads[*bin].add(*value);
    };
    for (std::size_t layer = 0; layer < window.shape().n_layers; ++layer) {
        RecentLoad& recent = figures.recent[layer];
        const ExpertsView experts = window.experts(index, layer);
        add(expert_overlap(recent.newest(), experts), figures.overlap);
        recent.add(experts);
        if (!bin) continue;
        if (const auto certainty = router_certainty(window, index, layer)) {
            figures.has_scores = true;
            if (certainty->entropy && uniform > 0) add(*certainty->entropy / uniform, figures.entropy);
            add(certainty->margin, figures.margin);
        } else if (!window.has_scores() && !is_too_early) {
            add(recent.entropy(), figures.entropy);
        }
    }
}

/// From as many tokens before the selection as its first one looks back over.
Result<void> read(const MoetraceReader& trace, const Selection& selection, std::size_t bin_tokens,
                  Figures& figures) {
    const TraceShape& shape = selection.run->model.shape;
    figures.recent.assign(shape.n_layers, RecentLoad(shape.n_experts, shape.top_k));
    const std::size_t first_drawn = first_with_recent_tokens(selection.end - selection.first);
    const auto visit = [&](const TraceSnapshot& window, std::size_t first) -> Result<void> {
        std::vector<TokenRecord> tokens;
        for (std::size_t index = 0; index < window.n_tokens(); ++index) {
            tokens.push_back(window.token(index));
            if (index >= window.n_routed()) continue;
            const std::size_t position = first + index;
            std::optional<std::size_t> bin;
            if (position >= selection.first) bin = (position - selection.first) / bin_tokens;
            add_token(window, index, bin, /*is_too_early=*/position < first_drawn, figures);
        }
        figures.tokens.append_tokens(tokens);
        return {};
    };
    return trace.visit_run(selection.run->id, {.first = selection.first - n_before(selection), .end = selection.end},
                           visit);
}

/// What the load's entropy is on average if routing were uniform, of each bin that has one.
std::vector<std::optional<double>> load_entropy_if_uniform(const Selection& selection, std::size_t bin_tokens) {
    const TraceShape& shape = selection.run->model.shape;
    std::vector<std::optional<double>> by_tokens;  // of 1, 2 ... tokens
    for (std::size_t n = 1; n <= kRecentTokens; ++n)
        by_tokens.push_back(load_entropy_null({.n_tokens = n, .n_experts = shape.n_experts, .top_k = shape.top_k}));
    std::vector<Spread> bins;
    const std::size_t first_drawn = first_with_recent_tokens(selection.end - selection.first);
    for (std::size_t position = selection.first; position < selection.end; ++position) {
        const std::size_t bin = (position - selection.first) / bin_tokens;
        if (bin == bins.size()) bins.emplace_back();
        const std::optional<double>& null = by_tokens[std::min(position, kRecentTokens - 1)];
        if (null && position >= first_drawn) bins[bin].add(*null);
    }
    std::vector<std::optional<double>> means;
    for (const auto& bin : values_of(bins)) means.push_back(bin ? std::optional(bin->mean) : std::nullopt);
    return means;
}

render::TimelineTrackModel entropy_track(const Figures& figures, const Selection& selection, std::size_t bin_tokens) {
    render::TimelineTrackModel track{
        .name = "Entropy", .unit = "of uniform", .bins = values_of(figures.entropy), .has_band = true, .absent = ""};
    if (selection.run->model.shape.n_layers == 0) track.absent = kDense;
    if (figures.has_scores || !track.absent.empty()) return track;
    track.name = "Load entropy";
    track.starts_at_zero = false;
    track.if_uniform = load_entropy_if_uniform(selection, bin_tokens);
    return track;
}

render::TimelineTrackModel overlap_track(const Figures& figures, const Selection& selection, std::size_t bin_tokens) {
    const TraceShape& shape = selection.run->model.shape;
    render::TimelineTrackModel track{.name = "Overlap",
                                     .unit = "with token before",
                                     .bins = values_of(figures.overlap),
                                     .has_band = true,
                                     .absent = shape.n_layers == 0 ? kDense : ""};
    if (shape.n_layers == 0) return track;
    track.if_uniform.assign(track.bins.size(), repetition_null(shape.n_experts, shape.top_k).overlap);
    // Some token of a few always keeps no expert, and some layer many: that says nothing.
    for (auto& bin : track.bins) {
        if (bin && bin_tokens > 1) bin->low = bin->high = bin->mean;
    }
    return track;
}

std::vector<std::string> caption_of(const Figures& figures, const TraceShape& shape, std::size_t bin_tokens) {
    std::vector<std::string> lines;
    if (shape.n_layers == 0) return lines;
    if (figures.has_scores) {
        lines.push_back(
            "Entropy: \u2212\u03A3 p ln p of the router's scores / ln of the number of experts. Margin: the last "
            "chosen of the ranked scores less the best that was not chosen.");
    } else {
        lines.push_back(fmt::format("Load entropy: \u2212\u03A3 s ln s / ln of the number of experts, s being the "
                                    "experts' shares of what the last {} tokens chose.", kRecentTokens));
    }
    lines.push_back(
        fmt::format("Overlap: the share of a token's {} experts that the token before had too. Dashed: if routing were "
                    "uniform, {} / {} = {:.4g}{}.",
                    shape.top_k, shape.top_k, shape.n_experts, repetition_null(shape.n_experts, shape.top_k).overlap,
                    figures.has_scores ? "" : ", and the load's entropy of as many tokens"));
    lines.push_back(fmt::format("Line: mean over layers{}. Band: from the least to the greatest{}.",
                                bin_tokens > 1 ? fmt::format(" and {} tokens a point", bin_tokens) : "",
                                bin_tokens > 1 ? ", not of the overlap" : ""));
    return lines;
}

}  // namespace

Result<render::TimelineChartModel> timeline_picture(const MoetraceReader& trace, const std::string& path,
                                                    const SelectionArgument& argument,
                                                    std::size_t most_bins) {
    MOE_TRY(const Selection selection, argument.in(trace, path));
    const std::size_t n_tokens = selection.end - selection.first;
    if (n_tokens == 0) return make_error("{}: the range holds no token; give a larger one", path);
    const TraceRunSummary& run = *selection.run;
    render::TimelineChartModel model;
    model.title = "Speed, entropy, overlap and margin along the run";
    model.subtitle = fmt::format("{}   \u00B7   run {}, positions {}\u2013{}", printable_utf8(run.model.name), run.id,
                                 selection.first, selection.end - 1);
    model.first = selection.first;
    model.end = selection.end;
    model.bin_tokens = (n_tokens + most_bins - 1) / most_bins;
    model.end_of_prompt = run.n_prefill;
    const std::size_t n_bins = (n_tokens + model.bin_tokens - 1) / model.bin_tokens;
    Figures figures{.entropy = std::vector<Spread>(n_bins),
                    .overlap = std::vector<Spread>(n_bins),
                    .margin = std::vector<Spread>(n_bins),
                    .tokens = TraceStore(run.model.shape, run.model.gating)};
    MOE_TRY(read(trace, selection, model.bin_tokens, figures));
    const TraceSnapshot tokens = figures.tokens.snapshot();
    const std::size_t before = n_before(selection);
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
    const std::string no_scores = run.model.shape.n_layers == 0 ? kDense
                                  : figures.has_scores          ? ""
                                                                : "needs router scores; this trace has none";
    model.tracks = {{.name = "Density",
                     .unit = "tokens / s, wall time",
                     .bins = std::move(density),
                     .has_band = false,
                     .absent = has_times ? "" : "this part has no generated tokens with a time",
                     .scale_end = density_end},
                    entropy_track(figures, selection, model.bin_tokens),
                    overlap_track(figures, selection, model.bin_tokens),
                    {.name = "Margin",
                     .unit = "score units",
                     .bins = values_of(figures.margin),
                     .has_band = true,
                     .absent = no_scores}};
    model.caption = caption_of(figures, run.model.shape, model.bin_tokens);
    if (is_cut) model.caption.emplace_back("Density: bars beyond twice the median end at the top.");
    return model;
}

}  // namespace moe::app
