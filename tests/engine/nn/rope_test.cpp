#include "engine/nn/rope.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
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

/// The angle of each pair at position 1.
std::vector<float> angles_of(const RopeAngles& angles) {
    RopeTable table;
    fill_rope_table(angles, /*first_position=*/1, /*n_tokens=*/1, table);
    std::vector<float> result;
    for (std::size_t pair = 0; pair < angles.n_rope_dims / 2; ++pair) {
        result.push_back(std::atan2(table.sine.row(0)[pair], table.cosine.row(0)[pair]));
    }
    return result;
}

TEST(RopeTest, InterpolationDividesPositions) {
    RopeAngles angles;
    angles.n_rope_dims = 8;
    RopeTable plain, interpolated;
    fill_rope_table(angles, /*first_position=*/2, /*n_tokens=*/1, plain);
    angles.scaling.interpolation = 4.0;
    fill_rope_table(angles, /*first_position=*/8, /*n_tokens=*/1, interpolated);
    for (std::size_t pair = 0; pair < 4; ++pair) {
        EXPECT_FLOAT_EQ(interpolated.cosine.row(0)[pair], plain.cosine.row(0)[pair]);
        EXPECT_FLOAT_EQ(interpolated.sine.row(0)[pair], plain.sine.row(0)[pair]);
    }
}

TEST(RopeTest, YarnStretchesLongWavelengthsAlone) {
    // Pairs that turn 32 times over the original context keep their angle, those that turn less than once are
    // stretched whole, and between the two it is a ramp.
    const RopeAngles plain{.n_rope_dims = 32, .base = 10000.0, .factors = {}, .scaling = {}};
    RopeAngles yarn = plain;
    yarn.scaling = {.factor = 8.0, .original_context = 4096, .magnitude = 1.5};
    const auto before = angles_of(plain), after = angles_of(yarn);
    const auto pair_of_turns = [&](double turns) {
        return 16.0 * std::log(4096.0 / turns / (2.0 * std::numbers::pi)) / std::log(plain.base);
    };
    const double first = std::floor(pair_of_turns(32.0)), last = std::ceil(pair_of_turns(1.0));
    for (std::size_t pair = 0; pair < 16; ++pair) {
        const double ramp =
            std::min(1.0, std::max(0.0, (static_cast<double>(pair) - first) / (last - first)));
        const double expected = static_cast<double>(before[pair]) * (1.0 - ramp + ramp / 8.0);
        EXPECT_NEAR(after[pair], expected, 1e-6) << "pair " << pair;
    }
    EXPECT_NEAR(after[0], before[0], kLastDigits);
    EXPECT_NEAR(after[15], before[15] / 8.0f, kLastDigits);
    RopeTable table;
    fill_rope_table(yarn, 0, 1, table);
    EXPECT_EQ(table.cosine.row(0)[0], 1.5f);
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
