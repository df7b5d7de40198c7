#include "app/cli/run_stats.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/trace_io/moetrace_schema.h"

namespace moe::app {
namespace {

/// Numbers that pair matrices may have in all, half a gigabyte.
constexpr std::size_t kMostPairs = std::size_t{1} << 26;

Result<void> check_size(const std::string& path, const TraceShape& shape, const RunTally::Options& options) {
    const std::size_t n_matrices =
        (options.coactivation ? shape.n_layers : 0) + (options.flow ? shape.n_layers : 0);
    if (n_matrices == 0 || shape.n_experts * shape.n_experts <= kMostPairs / n_matrices) return {};
    return make_error(
        "{}: pairs of {} experts in {} layers are too many to count; leave out --coactivation "
        "and --flow",
        path, shape.n_experts, shape.n_layers);
}

/// The selected tokens of a window, stretch by stretch.
void add_selected(const TraceSnapshot& window, std::size_t position, std::optional<Phase> phase,
                  RunTally& tally) {
    std::size_t first = 0;
    for (std::size_t token = 0; token < window.n_routed(); ++token) {
        if (!phase || window.token(token).phase == *phase) continue;
        tally.add(window, position, first, token);
        first = token + 1;
    }
    tally.add(window, position, first, window.n_routed());
}

/// A run whose source counted loads and kept nothing else: as many tokens as the busiest layer's slots allow.
void use_loads(const std::vector<std::size_t>& loads, RunStats& stats) {
    const TraceShape& shape = stats.shape();
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
        const auto first = loads.begin() + static_cast<std::ptrdiff_t>(layer * shape.n_experts);
        ExpertCounts counts(first, first + static_cast<std::ptrdiff_t>(shape.n_experts));
        const std::size_t n_slots = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
        std::vector<std::size_t> tokens_by_slots(shape.top_k + 1);
        tokens_by_slots[shape.top_k] = n_slots / shape.top_k;
        stats.n_tokens = std::max(stats.n_tokens, n_slots / shape.top_k);
        stats.layers.push_back(stats_of_loads(std::move(counts), std::move(tokens_by_slots)));
    }
}

}  // namespace

Result<RunStats> read_stats(const MoetraceReader& trace, const std::string& path,
                            const SelectionArgument& argument, const RunTally::Options& options) {
    RunStats stats;
    MOE_TRY(stats.selection, argument.in(trace, path));
    const Selection& selection = stats.selection;
    const TraceShape& shape = stats.shape();
    if (selection.run->n_routed == 0) {
        MOE_TRY(const auto loads, trace.read_loads(selection.run->id, selection.phase));
        if (!loads.empty() && argument.has_range()) {
            return make_error("{}: holds counts only, which have no positions; leave out --range", path);
        }
        if (!loads.empty()) {
            use_loads(loads, stats);
            return stats;
        }
    }
    MOE_TRY(check_size(path, shape, options));
    auto tally = std::make_shared<RunTally>(shape, options);
    const RunPart part{
        .first = selection.first,
        .end = selection.end,
        .columns = std::vector{ColumnKind::RouterLogits, ColumnKind::Scores, ColumnKind::Selection}};
    const auto count = [&](const TraceSnapshot& window, std::size_t position) -> Result<void> {
        add_selected(window, position, selection.phase, *tally);
        return {};
    };
    MOE_TRY(trace.visit_run(selection.run->id, part, count));
    stats.n_tokens = tally->n_tokens();
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) stats.layers.push_back(tally->layer(layer));
    stats.pairs = std::move(tally);
    return stats;
}

std::vector<Figure> figures_of(const RunStats& stats, const LayerStats& layer) {
    const auto of = [](const auto& part, auto member) -> std::optional<double> {
        if (!part) return std::nullopt;
        return (*part).*member;
    };
    const bool is_ranked = stats.selection.run->is_ranked;
    const auto& repetition = layer.repetition;
    // Where tokens have no neighbours, the null is that of the widest routing.
    std::optional<Repetition> chance = layer.repetition_null;
    if (!chance && stats.n_tokens > 0 && stats.pairs)
        chance = repetition_null(stats.shape().n_experts, stats.shape().top_k);
    return {{"max_violation", of(layer.balance, &LoadBalance::max_violation)},
            {"cv", of(layer.balance, &LoadBalance::cv)},
            {"gini", of(layer.balance, &LoadBalance::gini)},
            {"normalized_entropy", of(layer.balance, &LoadBalance::normalized_entropy)},
            {"effective_experts", of(layer.balance, &LoadBalance::effective_experts)},
            {"null_max_violation", of(layer.null, &LoadNull::max_violation)},
            {"null_cv", of(layer.null, &LoadNull::cv)},
            {"null_gini", of(layer.null, &LoadNull::gini)},
            {"null_normalized_entropy", of(layer.null, &LoadNull::normalized_entropy)},
            {"router_entropy", of(layer.certainty, &RouterCertainty::entropy)},
            {"chosen_mass", of(layer.certainty, &RouterCertainty::chosen_mass)},
            {"margin", of(layer.certainty, &RouterCertainty::margin)},
            {"repeat_first", is_ranked ? of(repetition, &Repetition::first) : std::nullopt},
            {"repeat_any", of(repetition, &Repetition::any)},
            {"overlap", of(repetition, &Repetition::overlap)},
            {"null_repeat_first", of(chance, &Repetition::first)},
            {"null_repeat_any", of(chance, &Repetition::any)},
            {"null_overlap", of(chance, &Repetition::overlap)}};
}

std::vector<Figure> mean_figures(const RunStats& stats) {
    std::vector<Figure> means;
    std::vector<std::size_t> n_layers;
    for (const LayerStats& layer : stats.layers) {
        const std::vector<Figure> figures = figures_of(stats, layer);
        if (means.empty()) {
            for (const Figure& figure : figures) means.push_back({figure.key, std::nullopt});
            n_layers.resize(figures.size());
        }
        for (std::size_t index = 0; index < figures.size(); ++index) {
            if (!figures[index].value) continue;
            means[index].value = means[index].value.value_or(0.0) + *figures[index].value;
            ++n_layers[index];
        }
    }
    for (std::size_t index = 0; index < means.size(); ++index) {
        if (means[index].value) *means[index].value /= static_cast<double>(n_layers[index]);
    }
    return means;
}

}  // namespace moe::app
