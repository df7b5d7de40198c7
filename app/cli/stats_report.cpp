#include "app/cli/stats_report.h"

#include <cmath>
#include <iterator>
#include <numeric>
#include <string_view>

#include "engine/trace_io/moetrace_schema.h"

namespace moe::app {
namespace {

constexpr std::string_view kNullPrefix = "null_";

Json number_or_null(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json matrix_json(const PairCounts& counts) {
    Json rows = Json::array();
    for (std::size_t row = 0; row < counts.rows(); ++row)
        rows.push_back(std::vector<std::size_t>(counts.row(row).begin(), counts.row(row).end()));
    return rows;
}

Json shares_json(const ExpertCounts& counts) {
    const std::size_t n_slots = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    if (n_slots == 0) return Json(std::vector<Json>(counts.size(), nullptr));
    return load_share(counts);
}

/// The scalar figures as FORMATS nests them: those under uniform routing are objects of their own.
Json figures_json(const std::vector<Figure>& figures, const Json& n_dead) {
    Json json, null, repeat_null;
    for (const Figure& figure : figures) {
        const std::string_view key = figure.key;
        const Json value = number_or_null(figure.value);
        if (!key.starts_with(kNullPrefix)) {
            json[key] = value;
        } else if (key == "null_repeat_first") {
            repeat_null["first"] = value;
        } else if (key == "null_repeat_any") {
            repeat_null["any"] = value;
        } else if (key == "null_overlap") {
            repeat_null["overlap"] = value;
        } else {
            null[key.substr(kNullPrefix.size())] = value;
        }
        if (key == "effective_experts") json["dead_experts"] = n_dead;
        if (key == "null_normalized_entropy") json["null"] = null;
    }
    json["repeat_null"] = repeat_null;
    return json;
}

Json layer_json(const RunStats& stats, std::size_t index, bool has_coactivation) {
    const LayerStats& layer = stats.layers[index];
    Json json{{"layer", stats.shape().layer_ids[index]},
              {"tokens_per_expert", layer.counts},
              {"load_share", shares_json(layer.counts)}};
    json.update(figures_json(figures_of(stats, layer), layer.balance ? layer.balance->n_dead : 0));
    if (has_coactivation)
        json["coactivation"] = stats.pairs ? matrix_json(stats.pairs->coactivation(index)) : Json(nullptr);
    return json;
}

Json head_json(const RunStats& stats) {
    const Selection& selection = stats.selection;
    return {{"schema", 1},
            {"run", selection.run->id},
            {"range", {selection.first, selection.end}},
            {"phase", selection.phase ? Json(phase_name(*selection.phase)) : Json(nullptr)},
            {"n_tokens", stats.n_tokens},
            {"n_experts", stats.shape().n_experts},
            {"top_k", stats.shape().top_k},
            {"null_method", kNullMethod}};
}

/// All layers together: slots and unused experts as sums, the rest as means.
Json all_layers_json(const RunStats& stats) {
    std::size_t n_slots = 0;
    std::size_t n_dead = 0;
    for (const LayerStats& layer : stats.layers) {
        n_slots = std::accumulate(layer.counts.begin(), layer.counts.end(), n_slots);
        if (layer.balance) n_dead += layer.balance->n_dead;
    }
    Json json{{"slots", n_slots}, {"dead_experts", n_dead}};
    Json means = Json::object();
    for (const Figure& mean : mean_figures(stats)) means[mean.key] = number_or_null(mean.value);
    json["mean"] = means;
    return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

void write_stats_json(const RunStats& stats, const PairsWanted& pairs) {
    std::string head = dump(head_json(stats));
    head.pop_back();  // the object goes on
    write_output(head + ",\"layers\":[");
    for (std::size_t layer = 0; layer < stats.layers.size(); ++layer) {
        write_output((layer == 0 ? "" : ",") + dump(layer_json(stats, layer, pairs.coactivation)));
    }
    write_output("],\"all_layers\":" + dump(all_layers_json(stats)));
    if (pairs.flow) write_output(",\"flow\":[");
    const std::vector<std::int32_t>& layer_ids = stats.shape().layer_ids;
    for (std::size_t layer = 0; pairs.flow && stats.pairs && layer + 1 < stats.layers.size(); ++layer) {
        const Json step{{"from", layer_ids[layer]},
                        {"to", layer_ids[layer + 1]},
                        {"counts", matrix_json(stats.pairs->flow(layer))}};
        write_output((layer == 0 ? "" : ",") + dump(step));
    }
    write_output(pairs.flow ? "]}\n" : "}\n");
}

std::string stats_csv(const RunStats& stats) {
    std::string text = "layer";
    const auto add_dead = [](const Figure& figure) {
        return std::string_view(figure.key) == "effective_experts";
    };
    for (const Figure& figure : figures_of(stats, {})) {
        text += std::string(",") + figure.key;
        if (add_dead(figure)) text += ",dead_experts";
    }
    text += '\n';
    for (std::size_t index = 0; index < stats.layers.size(); ++index) {
        const LayerStats& layer = stats.layers[index];
        text += std::to_string(stats.shape().layer_ids[index]);
        for (const Figure& figure : figures_of(stats, layer)) {
            text += ',';
            if (figure.value) fmt::format_to(std::back_inserter(text), "{}", *figure.value);
            if (add_dead(figure))
                fmt::format_to(std::back_inserter(text), ",{}", layer.balance ? layer.balance->n_dead : 0);
        }
        text += '\n';
    }
    return text;
}

}  // namespace moe::app
