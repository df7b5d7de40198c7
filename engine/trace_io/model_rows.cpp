#include "engine/trace_io/model_rows.h"

#include <limits>
#include <string>

#include "engine/trace_io/moetrace_schema.h"

namespace moe {
namespace {

using Type = SqliteStatement::Type;

constexpr std::int64_t kMostModels = 1'000;
constexpr std::int64_t kMostLayers = 4'096;
constexpr std::int64_t kMostExperts = 65'535;
constexpr std::int64_t kMostBytes = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostLayerId = 1'000'000;

Result<TraceModelInfo> model_of_row(const TraceConnection& connection, const SqliteStatement& row) {
    TraceModelInfo model;
    MOE_TRY(model.name, text_of(connection, row, 1, "model.name"));
    MOE_TRY(model.family, text_of(connection, row, 2, "model.family"));
    MOE_TRY(model.config_json, text_of(connection, row, 3, "model.config_json"));
    if (row.type(4) != Type::Null) {
        MOE_TRY(model.file_bytes, integer_in(connection, row, 4, "model.file_bytes", 0, kMostBytes));
    }
    MOE_TRY(model.fingerprint, text_of(connection, row, 5, "model.fingerprint"));
    MOE_TRY(const std::int64_t n_layers,
            integer_in(connection, row, 6, "model.n_moe_layers", 0, kMostLayers));
    const std::int64_t least = n_layers == 0 ? 0 : 1;  // a dense model has none of all this
    MOE_TRY(const std::int64_t n_experts,
            integer_in(connection, row, 7, "model.n_experts", least, kMostExperts));
    MOE_TRY(const std::int64_t top_k, integer_in(connection, row, 8, "model.top_k", least, n_experts));
    if (row.type(9) != Type::Null) {
        MOE_TRY(model.n_shared, integer_in(connection, row, 9, "model.n_shared", 0, kMostExperts));
    }
    MOE_TRY(const std::string gating, text_of(connection, row, 10, "model.gating"));
    const std::optional<TraceGating> known_gating = gating_from_name(gating);
    if (!known_gating.has_value()) return connection.damaged("model.gating is \"{}\"", gating);
    model.gating = *known_gating;
    model.shape.n_layers = static_cast<std::size_t>(n_layers);
    model.shape.n_experts = static_cast<std::size_t>(n_experts);
    model.shape.top_k = static_cast<std::size_t>(top_k);
    return model;
}

Result<void> read_layers(const TraceConnection& connection, std::int64_t id, TraceModelInfo& model) {
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT idx, model_layer FROM layer WHERE model = ? ORDER BY idx"));
    rows.bind(1, id);
    std::vector<std::int32_t>& layer_ids = model.shape.layer_ids;
    while (true) {
        MOE_TRY(const bool has_row, rows.step());
        if (!has_row) break;
        const auto expected = static_cast<std::int64_t>(layer_ids.size());
        MOE_TRY(const std::int64_t index, integer_in(connection, rows, 0, "layer.idx", 0, kMostLayers));
        if (index != expected) return connection.damaged("layer {} of model {} is missing", expected, id);
        MOE_TRY(const std::int64_t layer,
                integer_in(connection, rows, 1, "layer.model_layer", 0, kMostLayerId));
        layer_ids.push_back(static_cast<std::int32_t>(layer));
    }
    if (layer_ids.size() != model.shape.n_layers) {
        return connection.damaged("model {} has {} MoE layers, but {} rows in table layer", id,
                                  model.shape.n_layers, layer_ids.size());
    }
    return {};
}

}  // namespace

Result<std::int64_t> integer_in(const TraceConnection& connection, const SqliteStatement& row, int column,
                                const char* what, std::int64_t low, std::int64_t high) {
    if (row.type(column) != Type::Integer) return connection.damaged("{} is not a whole number", what);
    const std::int64_t value = row.integer(column);
    if (value < low || value > high) {
        return connection.damaged("{} is {}, which is not between {} and {}", what, value, low, high);
    }
    return value;
}

Result<std::string> text_of(const TraceConnection& connection, const SqliteStatement& row, int column,
                            const char* what) {
    if (row.type(column) == Type::Null) return std::string();
    if (row.type(column) != Type::Text) return connection.damaged("{} is not text", what);
    return row.text(column);
}

Result<std::map<std::int64_t, TraceModelInfo>> read_models(const TraceConnection& connection) {
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT id, name, family, config_json, file_bytes, fingerprint, n_moe_layers, "
                               "n_experts, top_k, n_shared, gating FROM model"));
    std::map<std::int64_t, TraceModelInfo> models;
    while (true) {
        MOE_TRY(const bool has_row, rows.step());
        if (!has_row) break;
        MOE_TRY(const std::int64_t id, integer_in(connection, rows, 0, "model.id", 0, kMostBytes));
        MOE_TRY(TraceModelInfo model, model_of_row(connection, rows));
        if (!models.emplace(id, std::move(model)).second)
            return connection.damaged("model {} is there twice", id);
        if (static_cast<std::int64_t>(models.size()) > kMostModels)
            return connection.damaged("it has too many models");
    }
    for (auto& [id, model] : models) MOE_TRY(read_layers(connection, id, model));
    return models;
}

}  // namespace moe
