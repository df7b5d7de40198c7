#include "engine/nn/rope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/kernels/vector_ops.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

constexpr float kLastDigits = 1e-6f;
constexpr float kDotError = 1e-4f;

std::vector<float> rotated(std::vector<float> head, std::size_t position, RopeOrder order,
                           const RopeAngles& angles) {
    RopeTable table;
    fill_rope_table(angles, position, /*n_tokens=*/1, table);
    rope({head.data(), 1, head.size()}, head.size(), order, table);
    return head;
}

TEST(RopeTest, LeavesPositionZeroAsItIs) {
    const std::vector<float> head{1.0f, 2.0f, 3.0f, 4.0f};
    EXPECT_EQ(rotated(head, 0, RopeOrder::Halves, {.n_rope_dims = 4, .base = 10000.0, .factors = {}}), head);
}

TEST(RopeTest, PairsNeighboursOrHalves) {
    // With base 100 and four dimensions the angles of position 2 are 2 and 0.2.
    const RopeAngles angles{.n_rope_dims = 4, .base = 100.0, .factors = {}, .scaling = {}};
    const auto neighbours = rotated({1.0f, 0.0f, 1.0f, 0.0f}, 2, RopeOrder::Interleaved, angles);
    const auto halves = rotated({1.0f, 1.0f, 0.0f, 0.0f}, 2, RopeOrder::Halves, angles);
    EXPECT_NEAR(neighbours[0], std::cos(2.0f), kLastDigits);
    EXPECT_NEAR(neighbours[1], std::sin(2.0f), kLastDigits);
    EXPECT_NEAR(neighbours[2], std::cos(0.2f), kLastDigits);
    EXPECT_NEAR(neighbours[3], std::sin(0.2f), kLastDigits);
    EXPECT_NEAR(halves[0], std::cos(2.0f), kLastDigits);
    EXPECT_NEAR(halves[2], std::sin(2.0f), kLastDigits);
    EXPECT_NEAR(halves[1], std::cos(0.2f), kLastDigits);
    EXPECT_NEAR(halves[3], std::sin(0.2f), kLastDigits);
}

TEST(RopeTest, LeavesDimensionsBeyondTheRotatedOnes) {
    const auto head = rotated({1.0f, 1.0f, 5.0f, 6.0f}, 3, RopeOrder::Halves,
                              {.n_rope_dims = 2, .base = 10.0, .factors = {}});
    EXPECT_EQ(head[2], 5.0f);
    EXPECT_EQ(head[3], 6.0f);
}

TEST(RopeTest, FactorsStretchTheWavelength) {
    const std::vector<float> factors{4.0f};
    const auto head =
        rotated({1.0f, 0.0f}, 4, RopeOrder::Halves, {.n_rope_dims = 2, .base = 10.0, .factors = factors});
    EXPECT_NEAR(head[0], std::cos(1.0f), kLastDigits);
}

TEST(RopeTest, ProductsDependOnDistanceAlone) {
    const RopeAngles angles{.n_rope_dims = 16, .base = 10000.0, .factors = {}, .scaling = {}};
    const Matrix<float> pair = test::random_matrix(2, 16, /*seed=*/1);
    const std::vector<float> q(pair.row(0).begin(), pair.row(0).end());
    const std::vector<float> k(pair.row(1).begin(), pair.row(1).end());
    for (const RopeOrder order : {RopeOrder::Halves, RopeOrder::Interleaved}) {
        const float near = dot(rotated(q, 7, order, angles), rotated(k, 4, order, angles));
        const float far = dot(rotated(q, 1003, order, angles), rotated(k, 1000, order, angles));
        EXPECT_NEAR(near, far, kDotError);
    }
}

}  // namespace
}  // namespace moe
