#include "engine/nn/rms_norm.h"

#include <gtest/gtest.h>

#include <vector>

namespace moe {
namespace {

constexpr float kLastDigits = 1e-6f;

TEST(RmsNormTest, AgreesWithAWorkedExample) {
    // The mean square of 3 and 4 is 12.5, its root 3.535534.
    const std::vector<float> x{3.0f, 4.0f};
    std::vector<float> y(2);
    rms_norm({x.data(), 1, 2}, std::vector<float>{1.0f, 10.0f}, 0.0f, {y.data(), 1, 2});
    EXPECT_NEAR(y[0], 0.848528f, kLastDigits);
    EXPECT_NEAR(y[1], 11.31371f, 10 * kLastDigits);
}

TEST(RmsNormTest, EpsilonKeepsAZeroRowAtZero) {
    std::vector<float> x(4, 0.0f);
    rms_norm({x.data(), 1, 4}, std::vector<float>(4, 1.0f), 1e-6f, {x.data(), 1, 4});
    EXPECT_EQ(x, std::vector<float>(4, 0.0f));
}

TEST(RmsNormTest, NormalizesEachHeadByItself) {
    std::vector<float> x{3.0f, 4.0f, 30.0f, 40.0f};
    rms_norm_heads({x.data(), 1, 4}, std::vector<float>{1.0f, 1.0f}, 0.0f);
    EXPECT_NEAR(x[0], 0.848528f, kLastDigits);
    EXPECT_NEAR(x[2], 0.848528f, kLastDigits);
}

TEST(RmsNormTest, NormalizesHeadsWithoutAWeight) {
    std::vector<float> x{3.0f, 4.0f, 30.0f, 40.0f};
    unit_rms_norm_heads({x.data(), 1, 4}, 2, 0.0f);
    EXPECT_NEAR(x[1], 1.131371f, kLastDigits);
    EXPECT_NEAR(x[3], 1.131371f, kLastDigits);
}

TEST(LayerNormTest, AgreesWithAWorkedExample) {
    // Mean 4, variance 8/3, deviation 1.632993.
    std::vector<float> x{2.0f, 4.0f, 6.0f};
    layer_norm({x.data(), 1, 3}, std::vector<float>{1.0f, 1.0f, 10.0f}, 0.0f, {x.data(), 1, 3});
    EXPECT_NEAR(x[0], -1.224745f, kLastDigits);
    EXPECT_NEAR(x[1], 0.0f, kLastDigits);
    EXPECT_NEAR(x[2], 12.24745f, 10 * kLastDigits);
}

TEST(L2NormTest, IsTheLengthOfAVector) {
    EXPECT_EQ(l2_norm(std::vector<float>{2.0f, 3.0f, 6.0f, 0.0f, 0.0f}), 7.0f);
}

}  // namespace
}  // namespace moe
