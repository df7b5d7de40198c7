#include "engine/stats/pair_null.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/stats/cluster_order.h"
#include "engine/stats/layer_flow.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr double kRounding = 1e-12;

// Every pair of 4 experts once: loads are equal, and each pair is as frequent as chance makes it.
TEST(PairNullTest, IsTheCountOfUniformRoutingWhereLoadsAreEqual) {
    const TraceSnapshot trace =
        test::trace_from_text("0.1\n 2.3\n 0.2\n 1.3\n 0.3\n 1.2\n", {.n_experts = 4});
    const PairCounts counts = coactivation(trace, 0, 0, 6);
    const Matrix<double> null = pair_null(counts, PairKind::WithinLayer);
    EXPECT_NEAR(null.row(0)[1], 6.0 * 2 * 1 / (4 * 3), kRounding);
    EXPECT_EQ(null.row(2)[2], 0.0);
}

TEST(PairNullTest, DealsAsManyPairsAsThereAre) {
    const TraceSnapshot trace = test::random_trace(4, test::make_shape(2, 8, 3), 200);
    for (const auto& [counts, kind] : {std::pair{coactivation(trace, 0, 0, 200), PairKind::WithinLayer},
                                       std::pair{layer_flow(trace, 0, 0, 200), PairKind::BetweenLayers}}) {
        const Matrix<double> null = pair_null(counts, kind);
        double n_pairs = 0, n_expected = 0;
        for (std::size_t a = 0; a < 8; ++a) {
            for (std::size_t b = 0; b < 8; ++b) {
                if (kind == PairKind::WithinLayer && a == b) continue;
                n_pairs += static_cast<double>(counts.row(a)[b]);
                n_expected += null.row(a)[b];
            }
        }
        EXPECT_NEAR(n_expected, n_pairs, 1e-9 * n_pairs);
    }
}

// Row sums 3 and 1, column sums 2 and 2, total 4.
TEST(PairNullTest, IsTheExpectedCountOfTheChiSquareTestBetweenLayers) {
    PairCounts counts(2, 2);
    counts.row(0)[0] = 2;
    counts.row(0)[1] = 1;
    counts.row(1)[1] = 1;
    const Matrix<double> null = pair_null(counts, PairKind::BetweenLayers);
    EXPECT_NEAR(null.row(0)[0], 1.5, kRounding);
    EXPECT_NEAR(null.row(1)[1], 0.5, kRounding);
}

TEST(ClusterOrderTest, PutsSimilarRowsSideBySide) {
    Matrix<double> profiles(5, 2);
    const double angles[] = {0.0, 1.5, 0.1, 1.4, 0.7};
    for (std::size_t row = 0; row < 5; ++row) {
        profiles.row(row)[0] = std::cos(angles[row]);
        profiles.row(row)[1] = std::sin(angles[row]);
    }
    const std::vector<std::size_t> order = cluster_order(std::as_const(profiles).view());
    const auto place = [&](std::size_t row) { return std::ranges::find(order, row) - order.begin(); };
    EXPECT_EQ(std::abs(place(0) - place(2)), 1);
    EXPECT_EQ(std::abs(place(1) - place(3)), 1);
    EXPECT_EQ(order.size(), 5u);
}

TEST(ClusterOrderTest, IsAPermutationEvenOfRowsOfZeros) {
    Matrix<double> profiles(4, 3);
    profiles.row(2)[1] = 1;
    std::vector<std::size_t> order = cluster_order(std::as_const(profiles).view());
    std::ranges::sort(order);
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3}));
    EXPECT_TRUE(cluster_order(MatrixView<const double>{}).empty());
}

}  // namespace
}  // namespace moe
