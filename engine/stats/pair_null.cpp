#include "engine/stats/pair_null.h"

#include <vector>

#include "engine/base/check.h"

namespace moe {

namespace {

Matrix<double> null_within_layer(const PairCounts& counts) {
    const std::size_t n = counts.rows();
    double n_pairs = 0, sum = 0, squares = 0;
    for (std::size_t a = 0; a < n; ++a) {
        const auto load = static_cast<double>(counts.row(a)[a]);
        sum += load;
        squares += load * load;
        for (std::size_t b = 0; b < n; ++b) n_pairs += a == b ? 0.0 : static_cast<double>(counts.row(a)[b]);
    }
    const double possible = sum * sum - squares;  // sum of load x load over all pairs of different experts
    Matrix<double> null(n, n);
    if (possible <= 0) return null;
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            if (a == b) continue;
            null.row(a)[b] = n_pairs * static_cast<double>(counts.row(a)[a]) *
                             static_cast<double>(counts.row(b)[b]) / possible;
        }
    }
    return null;
}

Matrix<double> null_between_layers(const PairCounts& counts) {
    std::vector<double> row_sums(counts.rows()), column_sums(counts.cols());
    double total = 0;
    for (std::size_t a = 0; a < counts.rows(); ++a) {
        for (std::size_t b = 0; b < counts.cols(); ++b) {
            const auto count = static_cast<double>(counts.row(a)[b]);
            row_sums[a] += count;
            column_sums[b] += count;
            total += count;
        }
    }
    Matrix<double> null(counts.rows(), counts.cols());
    if (total <= 0) return null;
    for (std::size_t a = 0; a < counts.rows(); ++a) {
        for (std::size_t b = 0; b < counts.cols(); ++b) null.row(a)[b] = row_sums[a] * column_sums[b] / total;
    }
    return null;
}

}  // namespace

Matrix<double> pair_null(const PairCounts& counts, PairKind kind) {
    if (kind == PairKind::BetweenLayers) return null_between_layers(counts);
    MOE_CHECK(counts.rows() == counts.cols());
    return null_within_layer(counts);
}

}  // namespace moe
