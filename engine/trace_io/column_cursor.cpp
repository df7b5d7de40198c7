#include "engine/trace_io/column_cursor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/trace_io/half_float.h"

namespace moe {
namespace {

template <class T>
T value_at(std::span<const std::byte> cell, std::size_t index) {
    T value;
    std::memcpy(&value, cell.data() + index * sizeof(T), sizeof(T));
    return value;
}

std::uint16_t expert_at(std::span<const std::byte> cell, ValueType type, std::size_t index) {
    if (type == ValueType::U16) return value_at<std::uint16_t>(cell, index);
    const auto expert = value_at<std::uint8_t>(cell, index);
    return expert == 0xFF ? kNoExpert : expert;
}

float float_at(std::span<const std::byte> cell, ValueType type, std::size_t index) {
    if (type == ValueType::F32) return value_at<float>(cell, index);
    return float_from_half(value_at<std::uint16_t>(cell, index));
}

}  // namespace

Result<ColumnCursor> ColumnCursor::open(const TraceConnection& connection, const IndexedRun& run,
                                        const IndexedColumn& column, std::size_t first) {
    ColumnCursor cursor(connection, run, column, first);
    MOE_TRY(cursor.rows_, connection.prepare("SELECT data, pos0 FROM chunk WHERE run = ? AND "
                                             "trace_column = ? AND pos0 + n > ? ORDER BY pos0"));
    cursor.rows_.bind(1, run.summary.id).bind(2, column.id).bind(3, static_cast<std::int64_t>(first));
    return cursor;
}

Result<void> ColumnCursor::next_chunk() {
    MOE_TRY(const bool has_row, rows_.step());
    if (has_row && rows_.type(0) == SqliteStatement::Type::Blob) rest_ = rows_.blob(0);
    const std::size_t row_bytes =
        column_->width * size_of(column_->type) * run_->summary.model.shape.n_layers;
    const std::size_t skipped =
        has_row ? first_ - std::min(first_, static_cast<std::size_t>(rows_.integer(1))) : 0;
    if (rest_.empty() || rest_.size() % row_bytes != 0 || skipped >= rest_.size() / row_bytes) {
        return connection_->damaged("a chunk of column {} of run {} cannot be read",
                                    column_name(column_->kind), run_->summary.id);
    }
    rest_ = rest_.subspan(skipped * row_bytes);
    first_ += rest_.size() / row_bytes;
    return {};
}

/// The bytes of the next token and layer.
Result<std::span<const std::byte>> ColumnCursor::next_cell() {
    if (rest_.empty()) MOE_TRY(next_chunk());
    const std::size_t cell_bytes = column_->width * size_of(column_->type);
    const std::span<const std::byte> cell = rest_.first(cell_bytes);
    rest_ = rest_.subspan(cell_bytes);
    return cell;
}

Result<void> ColumnCursor::read_experts(std::size_t count, std::size_t width,
                                        std::vector<std::uint16_t>& out) {
    const TraceShape& shape = run_->summary.model.shape;
    for (std::size_t row = 0; row < count * shape.n_layers; ++row) {
        MOE_TRY(const std::span<const std::byte> cell, next_cell());
        for (std::size_t slot = 0; slot < column_->width; ++slot) {
            const std::uint16_t expert = expert_at(cell, column_->type, slot);
            if (expert >= shape.n_experts && expert != kNoExpert) {
                return connection_->damaged("run {} chose expert {} of {}", run_->summary.id, expert,
                                            shape.n_experts);
            }
            out.push_back(expert);
        }
        out.insert(out.end(), width - column_->width, kNoExpert);
    }
    return {};
}

Result<void> ColumnCursor::read_floats(std::size_t count, std::size_t width, std::vector<float>& out) {
    for (std::size_t row = 0; row < count * run_->summary.model.shape.n_layers; ++row) {
        MOE_TRY(const std::span<const std::byte> cell, next_cell());
        for (std::size_t index = 0; index < column_->width; ++index) {
            const float value = float_at(cell, column_->type, index);
            if (!std::isfinite(value)) {
                return connection_->damaged("column {} of run {} holds a value that is no number",
                                            column_name(column_->kind), run_->summary.id);
            }
            out.push_back(value);
        }
        out.insert(out.end(), width - column_->width, 0.0f);
    }
    return {};
}

}  // namespace moe
