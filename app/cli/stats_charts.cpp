// What the charts of `moescope render` show: from figures to titles, values and captions. How they look is
// in render/scene.

#include "app/cli/stats_charts.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "app/cli/output.h"
#include "engine/trace/layer_number.h"
#include "engine/trace_io/moetrace_schema.h"
#include "render/scene/curve_chart.h"
#include "render/scene/matrix_chart.h"

namespace moe::app {
namespace {

using render::CurveChartModel;
using render::MatrixChartModel;

std::vector<std::string> numbers_to(std::size_t end) {
    std::vector<std::string> names;
    for (std::size_t number = 0; number < end; ++number) names.push_back(std::to_string(number));
    return names;
}

std::vector<std::string> layer_names(const RunStats& stats) {
    std::vector<std::string> names;
    for (const std::int32_t layer : stats.shape().layer_ids) names.push_back(std::to_string(layer));
    return names;
}

std::string subtitle(const RunStats& stats) {
    const Selection& selection = stats.selection;
    const char* const phase = !selection.phase                     ? ""
                              : *selection.phase == Phase::Prefill ? ", prompt only"
                                                                   : ", generated only";
    std::string text = printable_utf8(selection.run->model.name);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    fmt::format_to(std::back_inserter(text), "   \u00B7   run {}, ", selection.run->id);
    if (selection.end > selection.first)
        fmt::format_to(std::back_inserter(text), "positions {}\u2013{}{}, ", selection.first,
                       selection.end - 1, phase);
    fmt::format_to(std::back_inserter(text), "{} routed tokens", stats.n_tokens);
    return text;
}

double fair_share(const RunStats& stats) { return 1.0 / static_cast<double>(stats.shape().n_experts); }

MatrixChartModel layer_map(const RunStats& stats) {
    MatrixChartModel model;
    model.title = "Load of every expert, layer by layer";
    model.subtitle = subtitle(stats);
    model.caption = {
        "Load share: token-slots that the expert received / all token-slots of its layer, counted "
        "from the trace.",
        "A cross or a dot: less than a tenth of the fair share 1/E. Expert numbers of different layers have "
        "nothing to do with each other."};
    model.row_axis = "layer";
    model.column_axis = "expert";
    model.row_names = layer_names(stats);
    model.column_names = numbers_to(stats.shape().n_experts);
    for (const LayerStats& layer : stats.layers) {
        const std::vector<double> shares = load_share(layer.counts);
        for (const double share : shares)
            model.values.push_back(layer.balance ? std::optional(share) : std::nullopt);
    }
    model.value_name = "Load share";
    model.unit = " %";
    model.unit_factor = 100.0;
    model.chance = fair_share(stats);
    model.is_square = false;
    model.marks_dead = true;
    model.list_title = "Busiest: layer, expert";
    model.separator = "/";
    return model;
}

/// Rows of counts, each divided by what `total` says of the row; rows without any are left empty.
void fill_shares(const PairCounts& counts, const std::vector<double>& totals, bool leaves_diagonal,
                 MatrixChartModel& model) {
    for (std::size_t row = 0; row < counts.rows(); ++row) {
        for (std::size_t column = 0; column < counts.cols(); ++column) {
            const bool is_empty = totals[row] == 0 || (leaves_diagonal && row == column);
            const double share =
                totals[row] == 0 ? 0 : static_cast<double>(counts.row(row)[column]) / totals[row];
            model.values.push_back(is_empty ? std::nullopt : std::optional(share));
        }
    }
}

/// Experts that are chosen too rarely for a share to mean much stay out of the list of the largest.
MatrixChartModel square_of_experts(const RunStats& stats, std::size_t layer) {
    MatrixChartModel model;
    for (const double share : load_share(stats.layers[layer].counts))
        model.is_listed.push_back(share >= 0.1 * fair_share(stats));
    model.subtitle = subtitle(stats);
    model.row_names = model.column_names = numbers_to(stats.shape().n_experts);
    model.unit = " %";
    model.unit_factor = 100.0;
    return model;
}

MatrixChartModel coactivation_chart(const RunStats& stats, std::size_t layer) {
    MatrixChartModel model = square_of_experts(stats, layer);
    const std::size_t block = layer_number(stats.shape(), layer);
    model.title = fmt::format("Experts that work together in layer {}", block);
    model.caption = {
        "Cell (i, j): of the tokens that used expert i, the share that also used expert j, N(i, j) "
        "/ N(i) (OLMoE, arXiv:2409.02060, eq. 6).",
        "All pairs of a token's experts count. Counted from the trace; the list leaves out experts with less "
        "than a tenth of the "
        "fair share."};
    model.row_axis = "a token used expert i";
    model.column_axis = "and expert j";
    const PairCounts& counts = stats.pairs->coactivation(layer);
    std::vector<double> totals;
    for (const std::size_t load : stats.layers[layer].counts) totals.push_back(static_cast<double>(load));
    fill_shares(counts, totals, /*leaves_diagonal=*/true, model);
    model.value_name = "Share of expert i's tokens";
    const auto n_others = static_cast<double>(stats.shape().n_experts) - 1.0;
    if (n_others > 0) model.chance = (static_cast<double>(stats.shape().top_k) - 1.0) / n_others;
    model.list_title = "Closest pairs: i with j";
    model.separator = "+";
    return model;
}

MatrixChartModel flow_chart(const RunStats& stats, std::size_t layer) {
    MatrixChartModel model = square_of_experts(stats, layer);
    const std::size_t from = layer_number(stats.shape(), layer);
    const std::size_t to = layer_number(stats.shape(), layer + 1);
    model.title = fmt::format("Where tokens go from layer {} to layer {}", from, to);
    model.caption = {
        fmt::format("Cell (i, j): of the slot pairs that leave expert i of layer {}, the share that "
                    "arrives at expert j of layer {}.",
                    from, to),
        "All slot pairs of a token count. Counted from the trace; every row sums to 100 %. The list leaves "
        "out "
        "experts with less than a tenth of the fair share."};
    model.row_axis = fmt::format("expert i of layer {}", from);
    model.column_axis = fmt::format("expert j of layer {}", to);
    const PairCounts& counts = stats.pairs->flow(layer);
    std::vector<double> totals;
    for (std::size_t row = 0; row < counts.rows(); ++row) {
        double total = 0;
        for (const std::size_t count : counts.row(row)) total += static_cast<double>(count);
        totals.push_back(total);
    }
    fill_shares(counts, totals, /*leaves_diagonal=*/false, model);
    model.value_name = "Share of what leaves expert i";
    model.chance = fair_share(stats);
    model.list_title = "Strongest: from i to j";
    return model;
}

std::vector<std::optional<double>> by_layer(const RunStats& stats, std::string_view key) {
    std::vector<std::optional<double>> values;
    for (const LayerStats& layer : stats.layers) {
        const std::vector<Figure> figures = figures_of(stats, layer);
        const auto found = std::ranges::find_if(figures, [key](const Figure& f) { return f.key == key; });
        values.push_back(found == figures.end() ? std::nullopt : found->value);
    }
    return values;
}

CurveChartModel balance_chart(const RunStats& stats) {
    CurveChartModel model;
    model.title = "How evenly the experts are loaded, layer by layer";
    model.subtitle = subtitle(stats);
    model.caption = {
        fmt::format("Dashed: expected when every token draws its experts uniformly ({}). Loads are "
                    "never equal by chance.",
                    kNullMethod),
        "c: token-slots of an expert, counted from the trace; E experts. Max violation: "
        "arXiv:2408.15664, eq. 4."};
    model.layer_names = layer_names(stats);
    model.chance_name = "uniform routing of as many tokens";
    const auto panel = [&](const char* title, const char* unit, const std::string& key, bool starts_at_zero) {
        model.panels.push_back({.title = title,
                                .unit = unit,
                                .values = by_layer(stats, key),
                                .chance = by_layer(stats, "null_" + key),
                                .starts_at_zero = starts_at_zero});
    };
    panel("Max violation", "max c / mean c \u2212 1", "max_violation", true);
    panel("Coefficient of variation", "deviation of c / mean c", "cv", true);
    panel("Gini coefficient", "0 equal, 1 \u2212 1/E one has all", "gini", true);
    panel("Normalized entropy of the load", "H(c / \u03A3c) / ln E, 1 equal", "normalized_entropy", false);
    return model;
}

CurveChartModel entropy_chart(const RunStats& stats) {
    CurveChartModel model;
    model.title = "How sure the router is, layer by layer";
    model.subtitle = subtitle(stats);
    model.caption = {
        "p: the scores, divided by their sum where the gating is not a softmax. Means over tokens, "
        "from the recorded logits or scores.",
        "Margin: the k-th largest minus the (k+1)-th of what was ranked; a small one means that the "
        "choice nearly fell otherwise."};
    model.layer_names = layer_names(stats);
    model.chance_name = "a router that gives all experts the same p";
    const auto n_layers = stats.layers.size();
    const auto n_experts = static_cast<double>(stats.shape().n_experts);
    const auto constant = [&](double value) {
        return std::vector<std::optional<double>>(n_layers, std::optional(value));
    };
    model.panels.push_back({.title = "Router entropy",
                            .unit = "H(p), nats",
                            .values = by_layer(stats, "router_entropy"),
                            .chance = constant(std::log(n_experts)),
                            .starts_at_zero = true});
    model.panels.push_back({.title = "Probability of the chosen experts",
                            .unit = "sum of p over the chosen",
                            .values = by_layer(stats, "chosen_mass"),
                            .chance = constant(static_cast<double>(stats.shape().top_k) / n_experts),
                            .starts_at_zero = true});
    model.panels.push_back({.title = "Margin",
                            .unit = "score units",
                            .values = by_layer(stats, "margin"),
                            .chance = {},
                            .starts_at_zero = true});
    model.panels.push_back({.title = "Experts shared with the token before",
                            .unit = "shared / larger set; dashed: chance",
                            .values = by_layer(stats, "overlap"),
                            .chance = by_layer(stats, "null_overlap"),
                            .starts_at_zero = true});
    return model;
}

/// The index of the layer that is asked for; by default the first.
Result<std::size_t> layer_of(const RunStats& stats, const std::string& path, const ChartRequest& request,
                             std::size_t n_usable) {
    const TraceShape& shape = stats.shape();
    const auto found =
        request.layer ? layer_with_number(shape, *request.layer) : std::optional<std::size_t>(0);
    if (n_usable == 0)
        return make_error("{}: has too few MoE layers for this view; choose another one", path);
    if (!found || *found >= n_usable) {
        return make_error("{}: layer {} cannot be shown; choose one from {} to {} (see moescope info)", path,
                          *request.layer, layer_number(shape, 0), layer_number(shape, n_usable - 1));
    }
    return *found;
}

}  // namespace

bool is_chart_view(std::string_view view) {
    return std::ranges::find(kChartViews, view) != kChartViews.end();
}

RunTally::Options counts_for(std::string_view view) {
    return {.coactivation = view == "coactivation", .flow = view == "flow"};
}

Result<render::Chart> stats_chart(const RunStats& stats, const std::string& path,
                                  const ChartRequest& request) {
    const auto curves = [&](const CurveChartModel& model) {
        return render::curve_chart(model, request.width, request.height, request.theme);
    };
    const auto matrix = [&](const MatrixChartModel& model) {
        return render::matrix_chart(model, request.width, request.height, request.theme);
    };
    const std::size_t n_layers = stats.layers.size();
    if (n_layers == 0) return make_error("{}: its model has no MoE layers; choose another trace", path);
    if (request.view == "balance") return curves(balance_chart(stats));
    if (request.view == "layers") return matrix(layer_map(stats));
    if (!stats.pairs) return make_error("{}: holds counts only; choose --view layers or balance", path);
    if (request.view == "entropy") {
        const bool has_any = std::ranges::any_of(
            stats.layers, [](const LayerStats& layer) { return layer.certainty.has_value(); });
        if (!has_any && stats.n_tokens > 0)
            return make_error("{}: holds neither logits nor scores; record router_logits too", path);
        return curves(entropy_chart(stats));
    }
    const bool is_flow = request.view == "flow";
    MOE_TRY(const std::size_t layer, layer_of(stats, path, request, is_flow ? n_layers - 1 : n_layers));
    return matrix(is_flow ? flow_chart(stats, layer) : coactivation_chart(stats, layer));
}

}  // namespace moe::app
