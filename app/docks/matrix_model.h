#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "app/docks/run_view.h"
#include "engine/stats/pair_null.h"

namespace moe::app {

/// Co-activation within a layer, or flow from a layer to the next MoE layer.
enum class MatrixKind { Coactivation, Flow };

/// One cell in numbers.
struct MatrixCell {
    std::size_t count = 0;
    double expected = 0;  ///< by chance, given the loads
    std::optional<double> share =
        {};  ///< of the row's expert: how many of its tokens, or of its flow, go there
    std::optional<double> lift = {};  ///< count / expected; none on the diagonal of a layer
    bool is_sparse = false;           ///< fewer than kSparseCount expected: chance alone makes large lifts
};

inline constexpr double kSparseCount = 5;  // the rule of thumb of the chi-square test (Cochran 1954)

/// Pair counts of a range with what chance makes of them.
struct MatrixModel {
    MatrixKind kind = MatrixKind::Coactivation;
    std::size_t layer = 0;
    TokenRange range = {};
    PairCounts counts = {};
    Matrix<double> expected = {};
    std::vector<std::size_t> row_totals = {};    ///< tokens of the row's expert, or its flow
    std::vector<std::size_t> row_order = {};     ///< experts from top to bottom, and
    std::vector<std::size_t> column_order = {};  ///< from left to right

    std::size_t n_experts() const { return counts.rows(); }
    MatrixCell cell(std::size_t from, std::size_t to) const;
};

struct MatrixQuestion {
    MatrixKind kind = MatrixKind::Coactivation;
    std::size_t layer = 0;  ///< for flow: not the last one
    TokenRange range = {};
    bool clusters = false;  ///< similar experts side by side, else by id
    bool operator==(const MatrixQuestion&) const = default;
};

/// Counts the range; not for the GUI thread.
MatrixModel matrix_model(const TraceSnapshot& trace, const MatrixQuestion& question);

}  // namespace moe::app
