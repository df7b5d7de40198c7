#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/token.h"
#include "engine/trace/trace_chunk.h"
#include "engine/trace/trace_store.h"
#include "engine/trace_io/sqlite_database.h"

namespace moe {

inline constexpr std::int64_t kMoetraceApplicationId = 0x4D6F4554;  ///< "MoET"
inline constexpr std::int64_t kMoetraceVersion = 1;                 ///< `user_version`

/// The trace columns that this program knows, in the order in which they are written.
enum class ColumnKind { Experts, Weights, RouterLogits, Scores, Selection, BranchNorm };
inline constexpr std::array kColumnKinds = {ColumnKind::Experts,      ColumnKind::Weights,
                                            ColumnKind::RouterLogits, ColumnKind::Scores,
                                            ColumnKind::Selection,    ColumnKind::BranchNorm};

/// How a file spells things, as in `trace_column.name` and `.dims`, `token.phase`, `model.gating`.
const char* column_name(ColumnKind kind);
const char* column_dims(ColumnKind kind);
const char* phase_name(Phase phase);
const char* gating_name(TraceGating gating);
std::optional<ColumnKind> column_from_name(std::string_view name);
std::optional<Phase> phase_from_name(std::string_view name);
std::optional<TraceGating> gating_from_name(std::string_view name);

/// Values of a token and layer in a column of floats.
std::size_t column_width(ColumnKind kind, const TraceShape& shape);

/// Whether the chunk has values in a column.
bool has_column(const TraceChunk& chunk, ColumnKind kind);
/// A column of floats, not for experts: as the chunk holds it, or unpacked into `scratch`.
std::span<const float> column_of(const TraceChunk& chunk, ColumnKind kind, std::vector<float>& scratch);
/// To be filled.
std::vector<float>& column_of(TraceChunk& chunk, ColumnKind kind);

/// Makes an empty database a trace file without models and runs.
Result<void> create_schema(const SqliteDatabase& database);

}  // namespace moe
