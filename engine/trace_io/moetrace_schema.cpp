#include "engine/trace_io/moetrace_schema.h"

#include "engine/base/check.h"
#include "engine/trace_io/moetrace_writer.h"

namespace moe {
namespace {

constexpr std::array kColumnNames = {"experts", "weights",   "router_logits",
                                     "scores",  "selection", "branch_norm"};
constexpr std::array kColumnDims = {"layer,slot",   "layer,slot",   "layer,expert",
                                    "layer,expert", "layer,expert", "layer,3"};
constexpr std::array kPhaseNames = {"prefill", "decode"};
constexpr std::array kGatingNames = {"softmax", "sigmoid", "softmax_topk", "other"};
constexpr std::array kRunStatusNames = {"recording", "complete", "stopped", "failed", "imported"};

template <class Value, std::size_t n>
std::optional<Value> value_from_name(const std::array<const char*, n>& names, std::string_view name) {
    for (std::size_t i = 0; i < n; ++i) {
        if (name == names[i]) return static_cast<Value>(i);
    }
    return std::nullopt;
}

// FORMATS section 1.
constexpr const char* kSchema = R"(
    CREATE TABLE meta  (key TEXT PRIMARY KEY, value TEXT);
    CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT, family TEXT, config_json TEXT, file_bytes INT,
                        fingerprint TEXT, n_moe_layers INT, n_experts INT, top_k INT, n_shared INT, gating TEXT);
    CREATE TABLE layer (model INT, idx INT, model_layer INT, PRIMARY KEY(model, idx));
    CREATE TABLE run   (id INTEGER PRIMARY KEY, model INT, parent INT, fork_pos INT, name TEXT, prompt TEXT,
                        params_json TEXT, build_json TEXT, started_ns INT, status TEXT, note TEXT);
    CREATE TABLE intervention (id INTEGER PRIMARY KEY, run INT, pos0 INT, pos1 INT, text TEXT);
    CREATE TABLE token (run INT, pos INT, token_id INT, bytes BLOB, phase TEXT, t_ns INT, logprob REAL,
                        PRIMARY KEY(run, pos));
    CREATE TABLE trace_column (id INTEGER PRIMARY KEY, run INT, name TEXT, dtype TEXT, dims TEXT, note TEXT);
    CREATE TABLE chunk (id INTEGER PRIMARY KEY, run INT, trace_column INT, pos0 INT, n INT, codec INT, data BLOB);
    CREATE UNIQUE INDEX chunk_place ON chunk(run, trace_column, pos0);
    CREATE TABLE hist  (run INT, layer INT, expert INT, phase TEXT, n INT);
    CREATE TABLE series(run INT, step INT, name TEXT, value REAL);
    CREATE TABLE span  (run INT, pos0 INT, n INT, document TEXT, label TEXT);
    CREATE TABLE mark  (id INTEGER PRIMARY KEY, run INT, pos INT, layer INT, expert INT, text TEXT);
    CREATE TABLE view  (name TEXT PRIMARY KEY, json TEXT);
)";

}  // namespace

const char* column_name(ColumnKind kind) { return kColumnNames[static_cast<std::size_t>(kind)]; }
const char* column_dims(ColumnKind kind) { return kColumnDims[static_cast<std::size_t>(kind)]; }
const char* phase_name(Phase phase) { return kPhaseNames[static_cast<std::size_t>(phase)]; }
const char* gating_name(TraceGating gating) { return kGatingNames[static_cast<std::size_t>(gating)]; }
const char* run_status_name(RunStatus status) { return kRunStatusNames[static_cast<std::size_t>(status)]; }

std::optional<ColumnKind> column_from_name(std::string_view name) {
    return value_from_name<ColumnKind>(kColumnNames, name);
}
std::optional<Phase> phase_from_name(std::string_view name) {
    return value_from_name<Phase>(kPhaseNames, name);
}
std::optional<TraceGating> gating_from_name(std::string_view name) {
    return value_from_name<TraceGating>(kGatingNames, name);
}

std::size_t column_width(ColumnKind kind, const TraceShape& shape) {
    switch (kind) {
        case ColumnKind::Experts:
        case ColumnKind::Weights:
            return shape.top_k;
        case ColumnKind::BranchNorm:
            return 3;
        default:
            return shape.n_experts;
    }
}

bool has_column(const TraceChunk& chunk, ColumnKind kind) {
    std::vector<float> scratch;
    if (kind == ColumnKind::Experts) return !chunk.experts.empty();
    if (kind == ColumnKind::Weights) return !chunk.weights.empty();
    return !column_of(chunk, kind, scratch).empty();
}

std::span<const float> column_of(const TraceChunk& chunk, ColumnKind kind, std::vector<float>& scratch) {
    if (kind == ColumnKind::Weights) {
        scratch.assign(chunk.weights.begin(), chunk.weights.end());
        return scratch;
    }
    return column_of(const_cast<TraceChunk&>(chunk), kind);  // which is only read
}

std::vector<float>& column_of(TraceChunk& chunk, ColumnKind kind) {
    MOE_CHECK(kind != ColumnKind::Experts);
    switch (kind) {
        case ColumnKind::Weights:
            return chunk.weights.values();
        case ColumnKind::RouterLogits:
            return chunk.router_logits;
        case ColumnKind::Scores:
            return chunk.scores;
        case ColumnKind::Selection:
            return chunk.selection;
        default:
            return chunk.branch_norm;
    }
}

Result<void> create_schema(const SqliteDatabase& database) {
    MOE_TRY(database.execute("BEGIN IMMEDIATE"));
    MOE_TRY(database.execute(kSchema));
    MOE_TRY(database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};",
                                         kMoetraceApplicationId, kMoetraceVersion)
                                 .c_str()));
    return database.execute("COMMIT");
}

}  // namespace moe
