#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/trace/trace_store.h"
#include "render/resolve/cell_values.h"
#include "render/resolve/index_range.h"
#include "render/resolve/packed_sums.h"
#include "render/scene/view_state.h"

namespace moe::render {

/// What is summed up over tokens: which value, and its maximum or its sum.
struct SumQuestion {
    HeatmapValue value = HeatmapValue::AppliedWeight;
    bool is_sum = false;  ///< else the largest code
    bool operator==(const SumQuestion&) const = default;
};

/// Whether only the chosen experts have a value.
bool is_of_slots(HeatmapValue value);

/// The code of one cell's value.
std::uint8_t cell_code(HeatmapValue value, float cell);
/// One cell's value in units of ColumnSums::kOne, as it is added up.
std::uint32_t cell_units(float cell);

/// Values of neighbouring tokens summed up for each column (layer * n_experts + expert), as it is kept: one
/// byte a column for a maximum, three or four for a sum. Sums are integers, so that the order of adding does
/// not matter.
struct ColumnSums {
    static constexpr std::uint32_t kOne = 65535;         ///< the sum's unit: a value of 1.0
    static constexpr std::size_t kMostTokens = 1 << 16;  ///< whose sum is sure to fit

    std::vector<std::uint8_t> max_code;  ///< 0 = no cell had a value
    PackedSums sum;

    bool is_empty() const { return max_code.empty() && sum.empty(); }
};

/// A piece of a row: a sum that is kept, or single tokens of one chunk.
struct SumPart {
    IndexRange tokens;
    const ColumnSums* kept = nullptr;  ///< null: single tokens; else valid until its pyramid's next `use`
};

/// Adds up one pixel row: kept sums and single tokens, in any order.
class RowSums {
  public:
    static constexpr float kNoValue = -2.0f;  ///< below all values; what is not above it, is not one

    void begin(const TraceSnapshot& trace, const SumQuestion& question);
    void add(const TraceSnapshot& trace, const SumPart& part);
    void add(const ColumnSums& sums);
    /// Routed tokens [first, end), all in one chunk.
    void add_tokens(const TraceSnapshot& trace, std::size_t first, std::size_t end);

    /// The largest code of some columns, column_at(i) for each i of `positions`. Single values are compared
    /// first and coded once.
    template <class ColumnAt>
    std::uint8_t max_code(IndexRange positions, const ColumnAt& column_at) const {
        std::uint8_t code = 0;
        float value = kNoValue;
        for (std::size_t i = positions.first; has_kept_ && i < positions.end; ++i)
            code = std::max(code, max_code_[column_at(i)]);
        for (std::size_t i = positions.first; has_single_ && i < positions.end; ++i)
            value = std::max(value, max_value_[column_at(i)]);
        return value == kNoValue ? code : std::max(code, cell_code(question_.value, value));
    }
    /// The largest code of every column, where only kept sums were added; else empty.
    std::span<const std::uint8_t> kept_codes() const {
        return has_kept_ && !has_single_ ? max_code_ : std::span<const std::uint8_t>();
    }
    /// Of a column, in units of ColumnSums::kOne.
    std::uint64_t sum(std::size_t column) const { return sum_[column]; }

    /// As it is kept; of at most ColumnSums::kMostTokens tokens.
    ColumnSums kept() const;

  private:
    void add_slots(const TraceSnapshot& trace, std::size_t first, std::size_t end);
    void add_cells(const TraceSnapshot& trace, std::size_t first, std::size_t end);

    SumQuestion question_;
    bool has_kept_ = false;    // some sums were added
    bool has_single_ = false;  // and some tokens
    // A code rises with its value, so that the largest value of single tokens is coded only once.
    std::vector<float> max_value_;
    std::vector<std::uint8_t> max_code_;
    std::vector<std::uint64_t> sum_;
};

}  // namespace moe::render
