#include "engine/trace_io/column_cursor.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

#include "engine/base/half_float.h"

namespace moe {
namespace {

template <class T>
T value_at(std::span<const std::byte> cells, std::size_t index) {
    T value;
    std::memcpy(&value, cells.data() + index * sizeof(T), sizeof(T));
    return value;
}

std::uint16_t expert_of_byte(std::uint8_t expert) { return expert == 0xFF ? kNoExpert : expert; }

/// Writes values of type T to `out`: rows of `width`, each filled up with `filler` to `row_stride`.
template <class T, class Value, class Convert>
void convert_rows(std::span<const std::byte> cells, std::size_t width, std::size_t row_stride, Value filler,
                  Value* out, const Convert& convert) {
    const std::size_t n_rows = cells.size() / (width * sizeof(T));
    for (std::size_t row = 0; row < n_rows; ++row, out += row_stride) {
        for (std::size_t i = 0; i < width; ++i) out[i] = convert(value_at<T>(cells, row * width + i));
        std::fill(out + width, out + row_stride, filler);
    }
}

bool has_infinity_or_nan(std::span<const float> values) {
    std::uint32_t largest = 0;  // by exponent
    for (const float value : values)
        largest = std::max(largest, std::bit_cast<std::uint32_t>(value) & 0x7F800000u);
    return largest == 0x7F800000u;
}

}  // namespace

Result<ColumnCursor> ColumnCursor::open(const TraceConnection& connection, const IndexedRun& run,
                                        const IndexedColumn& column, std::size_t first) {
    ColumnCursor cursor(connection, run, column, first);
    MOE_TRY(cursor.rows_, connection.prepare("SELECT data, pos0 FROM chunk WHERE run = ?1 AND "
                                             "trace_column = ?2 AND pos0 >= "
                                             "(SELECT max(pos0) FROM chunk WHERE run = ?1 AND "
                                             "trace_column = ?2 AND pos0 <= ?3) ORDER BY pos0"));
    cursor.rows_.bind(1, run.summary.id).bind(2, column.id).bind(3, static_cast<std::int64_t>(first));
    return cursor;
}

Result<void> ColumnCursor::next_chunk() {
    MOE_TRY(const bool has_row, rows_.step());
    if (has_row && rows_.type(0) == SqliteStatement::Type::Blob) rest_ = rows_.blob(0);
    const std::size_t row_bytes =
        column_->width * size_of(column_->type) * run_->summary.model.shape.n_layers;
    const auto first = has_row ? static_cast<std::size_t>(rows_.integer(1)) : first_;
    const std::size_t skipped = first_ - std::min(first_, first);
    if (first > first_ || rest_.empty() || rest_.size() % row_bytes != 0 ||
        skipped >= rest_.size() / row_bytes) {
        return connection_->damaged("a chunk of column {} of run {} cannot be read",
                                    column_name(column_->kind), run_->summary.id);
    }
    rest_ = rest_.subspan(skipped * row_bytes);
    first_ += rest_.size() / row_bytes;
    return {};
}

/// The bytes of the next tokens and layers: at least of one, at most of `n_cells`.
Result<std::span<const std::byte>> ColumnCursor::next_cells(std::size_t n_cells) {
    if (rest_.empty()) MOE_TRY(next_chunk());
    const std::size_t cell_bytes = column_->width * size_of(column_->type);
    const std::span<const std::byte> cells = rest_.first(std::min(rest_.size(), n_cells * cell_bytes));
    rest_ = rest_.subspan(cells.size());
    return cells;
}

Result<void> ColumnCursor::read_experts(std::size_t count, std::size_t width,
                                        std::vector<std::uint16_t>& out) {
    const TraceShape& shape = run_->summary.model.shape;
    const std::size_t n_cells = count * shape.n_layers;
    const std::size_t begin = out.size();
    out.resize(begin + n_cells * width);
    for (std::size_t done = 0; done < n_cells;) {
        MOE_TRY(const std::span<const std::byte> cells, next_cells(n_cells - done));
        std::uint16_t* const to = out.data() + begin + done * width;
        if (column_->type == ValueType::U8)
            convert_rows<std::uint8_t>(cells, column_->width, width, kNoExpert, to, expert_of_byte);
        else
            convert_rows<std::uint16_t>(cells, column_->width, width, kNoExpert, to, std::identity());
        done += cells.size() / (column_->width * size_of(column_->type));
    }
    for (const std::uint16_t expert : std::span(out).subspan(begin)) {
        if (expert < shape.n_experts || expert == kNoExpert) continue;
        return connection_->damaged("run {} chose expert {} of {}", run_->summary.id, expert,
                                    shape.n_experts);
    }
    return {};
}

Result<void> ColumnCursor::read_floats(std::size_t count, std::size_t width, std::vector<float>& out) {
    const std::size_t n_cells = count * run_->summary.model.shape.n_layers;
    const std::size_t begin = out.size();
    out.resize(begin + n_cells * width);
    for (std::size_t done = 0; done < n_cells;) {
        MOE_TRY(const std::span<const std::byte> cells, next_cells(n_cells - done));
        float* const to = out.data() + begin + done * width;
        if (column_->type == ValueType::F16)
            convert_rows<std::uint16_t>(cells, column_->width, width, 0.0f, to, float_from_half);
        else
            convert_rows<float>(cells, column_->width, width, 0.0f, to, std::identity());
        done += cells.size() / (column_->width * size_of(column_->type));
    }
    if (has_infinity_or_nan(std::span(out).subspan(begin))) {
        return connection_->damaged("column {} of run {} holds a value that is no number",
                                    column_name(column_->kind), run_->summary.id);
    }
    return {};
}

}  // namespace moe
