// The tables that `moescope stats` prints for a person (stats_report.h).

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "app/cli/stats_report.h"
#include "engine/trace_io/moetrace_schema.h"

namespace moe::app {
namespace {

/// A column of a table: a figure with its value under uniform routing in brackets.
struct Column {
    const char* heading;
    const char* key;
    const char* null_key;  ///< null where there is nothing to compare with
    int width;
    int decimals = 3;
};

constexpr std::array kLoadColumns{Column{"max/mean-1", "max_violation", "null_max_violation", 16},
                                  Column{"cv", "cv", "null_cv", 15}, Column{"gini", "gini", "null_gini", 15},
                                  Column{"entropy/ln E", "normalized_entropy", "null_normalized_entropy", 15},
                                  Column{"effective", "effective_experts", nullptr, 11, 2}};
constexpr std::array kRouterColumns{Column{"entropy, nats", "router_entropy", nullptr, 16},
                                    Column{"chosen p", "chosen_mass", nullptr, 10},
                                    Column{"margin", "margin", nullptr, 10, 4},
                                    Column{"same slot 0", "repeat_first", "null_repeat_first", 17},
                                    Column{"any shared", "repeat_any", "null_repeat_any", 16},
                                    Column{"overlap", "overlap", "null_overlap", 16}};

std::optional<double> find(const std::vector<Figure>& figures, const char* key) {
    if (key == nullptr) return std::nullopt;
    const auto found = std::ranges::find(figures, std::string_view(key),
                                         [](const Figure& figure) { return std::string_view(figure.key); });
    return found == figures.end() ? std::nullopt : found->value;
}

std::string cell(const std::vector<Figure>& figures, const Column& column) {
    const auto value = find(figures, column.key);
    if (!value) return "-";
    std::string text = fmt::format("{:.{}f}", *value, column.decimals);
    if (const auto null = find(figures, column.null_key)) text += fmt::format(" ({:.3f})", *null);
    return text;
}

/// The busiest expert and its share of the layer's token-slots.
std::string busiest(const ExpertCounts& counts) {
    const std::vector<double> shares = load_share(counts);
    const auto most = std::ranges::max_element(shares);
    if (most == shares.end() || *most == 0.0) return "-";
    return fmt::format("{} {:>5.1f} %", most - shares.begin(), 100.0 * *most);
}

std::string headings(const char* name, std::span<const Column> columns) {
    std::string text = fmt::format("{}\n{:>5}", name, "layer");
    for (const Column& column : columns)
        fmt::format_to(std::back_inserter(text), "{:>{}}", column.heading, column.width);
    return text;
}

std::string cells(const std::string& layer, std::span<const Column> columns,
                  const std::vector<Figure>& figures) {
    std::string text = fmt::format("{:>5}", layer);
    for (const Column& column : columns)
        fmt::format_to(std::back_inserter(text), "{:>{}}", cell(figures, column), column.width);
    return text;
}

std::string load_table(const RunStats& stats) {
    std::string text = headings("Load of the experts", kLoadColumns);
    fmt::format_to(std::back_inserter(text), "{:>6}{:>14}\n", "dead", "busiest");
    std::size_t n_dead = 0;
    for (std::size_t index = 0; index < stats.layers.size(); ++index) {
        const LayerStats& layer = stats.layers[index];
        const std::size_t dead = layer.balance ? layer.balance->n_dead : 0;
        n_dead += dead;
        text += cells(std::to_string(stats.shape().layer_ids[index]), kLoadColumns, figures_of(stats, layer));
        fmt::format_to(std::back_inserter(text), "{:>6}{:>14}\n", dead, busiest(layer.counts));
    }
    if (stats.layers.size() < 2) return text;
    return text + cells("mean", kLoadColumns, mean_figures(stats)) + fmt::format("{:>6}  in all\n", n_dead);
}

std::string router_table(const RunStats& stats) {
    std::string text = headings("The router, and each token beside the one before it", kRouterColumns) + "\n";
    for (std::size_t index = 0; index < stats.layers.size(); ++index) {
        text += cells(std::to_string(stats.shape().layer_ids[index]), kRouterColumns,
                      figures_of(stats, stats.layers[index])) +
                "\n";
    }
    if (stats.layers.size() < 2) return text;
    return text + cells("mean", kRouterColumns, mean_figures(stats)) + "\n";
}

std::string title(const RunStats& stats) {
    const Selection& selection = stats.selection;
    const TraceShape& shape = stats.shape();
    std::string text =
        fmt::format("{}, run {}", printable_utf8(selection.run->model.name), selection.run->id);
    if (!selection.run->name.empty()) text += fmt::format(" \"{}\"", printable_utf8(selection.run->name));
    if (selection.run->was_interrupted) text += ", incomplete: its writer was killed";
    fmt::format_to(std::back_inserter(text), "\n{} MoE layers, {} experts, {} slots a token\n",
                   shape.n_layers, shape.n_experts, shape.top_k);
    fmt::format_to(std::back_inserter(text), "positions {}:{} of {}, {}: {} routed tokens\n\n",
                   selection.first, selection.end, selection.run->n_tokens,
                   selection.phase ? phase_name(*selection.phase) : "prefill and decode", stats.n_tokens);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ' && c != '\n') c = ' ';
    }
    return text;
}

constexpr std::string_view kNotes = R"(
In brackets   expected when every token draws its experts uniformly ({})
max/mean-1    largest load / mean load - 1; 0 when equal
cv            population standard deviation of the loads / their mean
gini          0 when equal, 1 - 1/E when one expert has all
entropy/ln E  of the load shares, 1 when equal; effective: exp(entropy) experts
dead          experts with less than a tenth of the fair share
entropy       of the router's probabilities p, mean over tokens; chosen p: sum of p over the chosen experts
margin        the k-th largest minus the (k+1)-th of what was ranked, mean over tokens
same slot 0   share of neighbouring tokens with the same favourite; any shared: with a common expert;
overlap       common experts / the larger set; a dash stands for what the trace does not tell
)";

}  // namespace

std::string stats_table(const RunStats& stats) {
    return title(stats) + load_table(stats) + "\n" + router_table(stats) +
           fmt::format(fmt::runtime(kNotes), kNullMethod);
}

}  // namespace moe::app
