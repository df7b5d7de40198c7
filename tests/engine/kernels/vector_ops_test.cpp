#include "engine/kernels/vector_ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/kernels/sigmoid.h"
#include "engine/kernels/softmax.h"

namespace moe {
namespace {

constexpr float kLastDigits = 1e-6f;

TEST(DotTest, SumsProductsOfAnyLength) {
    for (std::size_t n = 0; n < 100; ++n) {
        std::vector<float> numbers(n);
        std::iota(numbers.begin(), numbers.end(), 1.0f);
        // 1² + ... + n², exact in float for these n.
        EXPECT_EQ(dot(numbers, numbers), static_cast<float>(n * (n + 1) * (2 * n + 1) / 6)) << n;
    }
}

TEST(AllFiniteTest, FindsWhatIsNotWhereverItStands) {
    for (const float bad : {NAN, INFINITY, -INFINITY}) {
        for (std::size_t i = 0; i < 50; ++i) {
            std::vector<float> x(50, 3e38f);
            EXPECT_TRUE(all_finite(x));
            x[i] = bad;
            EXPECT_FALSE(all_finite(x)) << bad << " at " << i;
        }
    }
}

TEST(AddScaledTest, AddsToWhatIsThere) {
    std::vector<float> y{1.0f, 2.0f, 3.0f};
    add_scaled(y, 2.0f, std::vector<float>{10.0f, 0.0f, -1.0f});
    EXPECT_EQ(y, (std::vector<float>{21.0f, 2.0f, 1.0f}));
}

TEST(ScaleTest, MultipliesEveryNumber) {
    std::vector<float> y{1.0f, -2.0f, 3.0f};
    scale(y, 0.5f);
    EXPECT_EQ(y, (std::vector<float>{0.5f, -1.0f, 1.5f}));
}

TEST(MultiplyBySigmoidTest, OpensAndShutsAndIsSiluOfItself) {
    std::vector<float> y(21, 2.0f), x(21);
    std::iota(x.begin(), x.end(), -10.0f);
    multiply_by_sigmoid(y, x);
    std::vector<float> itself = x;
    multiply_by_sigmoid(itself, itself);
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double at = static_cast<double>(i) - 10.0;
        EXPECT_NEAR(y[i], 2.0 / (1.0 + std::exp(-at)), kLastDigits);
        EXPECT_NEAR(itself[i], at / (1.0 + std::exp(-at)), kLastDigits * std::max(1.0, std::abs(at)));
    }
}

TEST(CapSoftlyTest, AgreesWithTanhInDouble) {
    std::vector<float> y(21);
    std::iota(y.begin(), y.end(), -10.0f);
    cap_softly(y, 4.0f);
    for (std::size_t i = 0; i < y.size(); ++i)
        EXPECT_NEAR(y[i], 4.0 * std::tanh((static_cast<double>(i) - 10.0) / 4.0), kLastDigits);
}

TEST(LargestOfTest, FindsItAnywhere) {
    for (std::size_t n = 1; n < 100; ++n) {
        std::vector<float> x(n, -5.0f);
        EXPECT_EQ(largest_of(x), -5.0f);
        for (std::size_t i = 0; i < n; ++i) {
            x[i] = static_cast<float>(i);
            ASSERT_EQ(largest_of(x), x[i]) << i << " of " << n;
        }
    }
    EXPECT_EQ(largest_of({}), std::numeric_limits<float>::lowest());
}

TEST(ExpBelowTest, ReplacesNumbersAndSumsThem) {
    for (std::size_t n = 0; n < 40; ++n) {
        std::vector<float> x(n);
        for (std::size_t i = 0; i < n; ++i) x[i] = 3.0f - 0.25f * static_cast<float>(i);
        double expected = 0.0;
        for (const float value : x) expected += std::exp(static_cast<double>(value) - 3.0);
        const double sum = exp_below(3.0f, x);
        EXPECT_NEAR(sum, expected, kLastDigits * expected);
        for (std::size_t i = 0; i < n; ++i)
            EXPECT_NEAR(x[i], std::exp(-0.25 * static_cast<double>(i)), kLastDigits);
    }
    std::vector<float> broken(20, 0.0f);
    broken[5] = NAN;
    EXPECT_TRUE(std::isnan(exp_below(0.0f, broken)));
}

TEST(SoftmaxTest, AgreesWithAWorkedExample) {
    const std::vector<float> x{2.0f, 1.0f, 0.0f, -1.0f};
    std::vector<float> y(4);
    softmax(x, y);
    EXPECT_THAT(
        y, testing::Pointwise(testing::FloatNear(kLastDigits), {0.643914f, 0.236883f, 0.087144f, 0.032059f}));
}

TEST(SoftmaxTest, StaysFiniteForHugeNumbersAndWorksInPlace) {
    std::vector<float> x{3e38f, 3e38f, -3e38f};
    softmax(x, x);
    EXPECT_EQ(x, (std::vector<float>{0.5f, 0.5f, 0.0f}));
}

TEST(SigmoidTest, IsHalfAtZeroAndSaturatesQuietly) {
    EXPECT_EQ(sigmoid(0.0f), 0.5f);
    EXPECT_NEAR(sigmoid(1.0f), 0.7310586f, kLastDigits);
    EXPECT_EQ(sigmoid(200.0f), 1.0f);
    EXPECT_EQ(sigmoid(-200.0f), 0.0f);
}

}  // namespace
}  // namespace moe
