#include "app/docks/matrix_model.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/stats/cluster_order.h"
#include "engine/stats/coactivation.h"
#include "engine/stats/layer_flow.h"

namespace moe::app {

namespace {

std::vector<std::size_t> by_id(std::size_t n) {
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

// Lifts, cut at 4, so that a rare pair does not outshout the others.
Matrix<double> profiles(const MatrixModel& model, bool by_columns) {
    constexpr double kMostLift = 4;
    const std::size_t n = model.n_experts();
    Matrix<double> lifts(n, n);
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            const double lift = std::min(kMostLift, model.cell(a, b).lift.value_or(kMostLift));
            (by_columns ? lifts.row(b)[a] : lifts.row(a)[b]) = lift;
        }
    }
    return lifts;
}

std::vector<std::size_t> clustered(const MatrixModel& model, bool by_columns) {
    const Matrix<double> lifts = profiles(model, by_columns);
    return cluster_order(lifts.view());
}

}  // namespace

MatrixCell MatrixModel::cell(std::size_t from, std::size_t to) const {
    const bool is_load = kind == MatrixKind::Coactivation && from == to;
    MatrixCell cell{.count = counts.row(from)[to],
                    .expected = expected.row(from)[to],
                    .share = std::nullopt,
                    .lift = std::nullopt};
    if (row_totals[from] > 0)
        cell.share = static_cast<double>(cell.count) / static_cast<double>(row_totals[from]);
    if (!is_load && cell.expected > 0) cell.lift = static_cast<double>(cell.count) / cell.expected;
    cell.is_sparse = !is_load && cell.expected < kSparseCount;
    return cell;
}

MatrixModel matrix_model(const TraceSnapshot& trace, const MatrixQuestion& question) {
    const auto [first, end] = question.range;
    const bool is_flow = question.kind == MatrixKind::Flow;
    MatrixModel model{.kind = question.kind, .layer = question.layer, .range = question.range};
    model.counts = is_flow ? layer_flow(trace, question.layer, first, end)
                           : coactivation(trace, question.layer, first, end);
    model.expected = pair_null(model.counts, is_flow ? PairKind::BetweenLayers : PairKind::WithinLayer);
    const std::size_t n = model.n_experts();
    for (std::size_t a = 0; a < n; ++a) {
        const auto row = std::as_const(model.counts).row(a);
        model.row_totals.push_back(is_flow ? std::accumulate(row.begin(), row.end(), std::size_t{0})
                                           : row[a]);
    }
    model.row_order = question.clusters ? clustered(model, false) : by_id(n);
    model.column_order = !question.clusters ? by_id(n) : is_flow ? clustered(model, true) : model.row_order;
    return model;
}

}  // namespace moe::app
