// The table that `moescope stats` prints for a person (stats_report.h).

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "app/cli/stats_report.h"
#include "engine/trace_io/moetrace_schema.h"

namespace moe::app {
namespace {

/// A column of the table: a figure with its value under uniform routing in brackets.
struct Column {
    const char* heading;
    const char* key;
    const char* null_key;  ///< null where there is nothing to compare with
    int width;
};

constexpr Column kColumns[] = {{"max/mean-1", "max_violation", "null_max_violation", 14},
                               {"cv", "cv", "null_cv", 14},
                               {"gini", "gini", "null_gini", 14},
                               {"entropy/ln E", "normalized_entropy", "null_normalized_entropy", 15},
                               {"effective", "effective_experts", nullptr, 11},
                               {"H, nats", "router_entropy", nullptr, 9},
                               {"chosen", "chosen_mass", nullptr, 8},
                               {"margin", "margin", nullptr, 8},
                               {"slot 0", "repeat_first", "null_repeat_first", 14},
                               {"any", "repeat_any", "null_repeat_any", 14},
                               {"overlap", "overlap", "null_overlap", 14}};
constexpr int kDeadWidth = 6;

std::optional<double> find(const std::vector<Figure>& figures, const char* key) {
    if (key == nullptr) return std::nullopt;
    const auto found = std::ranges::find(figures, std::string_view(key),
                                         [](const Figure& figure) { return std::string_view(figure.key); });
    return found == figures.end() ? std::nullopt : found->value;
}

std::string cell(const std::vector<Figure>& figures, const Column& column) {
    const auto value = find(figures, column.key);
    if (!value) return "-";
    const bool is_count = std::string_view(column.key) == "effective_experts";
    std::string text = is_count ? fmt::format("{:.2f}", *value) : fmt::format("{:.3f}", *value);
    if (const auto null = find(figures, column.null_key)) text += fmt::format(" ({:.3f})", *null);
    return text;
}

/// The busiest expert and its share of the layer's token-slots.
std::string busiest(const ExpertCounts& counts) {
    const std::vector<double> shares = load_share(counts);
    const auto most = std::ranges::max_element(shares);
    if (most == shares.end() || *most == 0.0) return "-";
    return fmt::format("{} {:5.1f} %", most - shares.begin(), 100.0 * *most);
}

std::string row(std::string_view name, const std::vector<Figure>& figures, std::size_t n_dead,
                const std::string& last) {
    std::string text = fmt::format("{:>5}", name);
    for (const Column& column : kColumns) {
        fmt::format_to(std::back_inserter(text), "{:>{}}", cell(figures, column), column.width);
        if (std::string_view(column.key) == "effective_experts")
            fmt::format_to(std::back_inserter(text), "{:>{}}", n_dead, kDeadWidth);
    }
    return fmt::format("{}   {:>11}\n", text, last);
}

std::string headings() {
    int load_width = kDeadWidth;
    for (const Column& column : std::span(kColumns).first(5)) load_width += column.width;
    std::string text = fmt::format("{:5}{:>{}}{:>25}{:>42}\n", "", "load of experts", load_width, "router",
                                   "same experts as the token before");
    text += "layer";
    for (const Column& column : kColumns) {
        fmt::format_to(std::back_inserter(text), "{:>{}}", column.heading, column.width);
        if (std::string_view(column.key) == "effective_experts")
            fmt::format_to(std::back_inserter(text), "{:>{}}", "dead", kDeadWidth);
    }
    return text + fmt::format("   {:>11}\n", "busiest");
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

constexpr std::string_view kNotes =
    "\nIn brackets: expected when every token draws its experts uniformly ({}).\n"
    "max/mean-1: largest load / mean load - 1. cv: population deviation / mean. gini: 0 equal, 1 - 1/E one has "
    "all.\n"
    "entropy/ln E: of the load shares. effective: exp(entropy), experts. dead: experts with less than a tenth "
    "of the fair share.\n"
    "H: mean entropy of the router's probabilities. chosen: mean sum of p over the chosen. margin: mean of the "
    "k-th minus the (k+1)-th of what was ranked.\n"
    "slot 0, any, overlap: same favourite; at least one shared; shared / larger set; each as a share of "
    "neighbouring tokens.\n";

}  // namespace

std::string stats_table(const RunStats& stats) {
    std::string text = title(stats) + headings();
    std::size_t n_dead = 0;
    for (std::size_t index = 0; index < stats.layers.size(); ++index) {
        const LayerStats& layer = stats.layers[index];
        const std::size_t dead = layer.balance ? layer.balance->n_dead : 0;
        n_dead += dead;
        text += row(std::to_string(stats.shape().layer_ids[index]), figures_of(stats, layer), dead,
                    busiest(layer.counts));
    }
    if (stats.layers.size() > 1) text += row("mean", mean_figures(stats), n_dead, "dead: sum");
    return text + fmt::format(fmt::runtime(kNotes), kNullMethod);
}

}  // namespace moe::app
