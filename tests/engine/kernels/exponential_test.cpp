#include "engine/kernels/exponential.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace moe {
namespace {

constexpr double kExpUlps = 2.0;
constexpr double kTanhUlps = 4.0;
constexpr double kSigmoidUlps = 4.0;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// |value - exact| in steps of float at `exact`.
double ulps(float value, double exact) {
    const auto nearest = static_cast<float>(exact);
    const double step = static_cast<double>(std::nextafter(std::abs(nearest), kInfinity)) -
                        static_cast<double>(std::abs(nearest));
    return std::abs(static_cast<double>(value) - exact) / step;
}

/// The worst error over floats of all sizes and both signs, a thousand an octave, whose size is at most
/// `largest`.
template <class Fast, class Exact>
double worst_ulps(float largest, const Fast& fast, const Exact& exact) {
    double worst = 0.0;
    for (std::uint32_t bits = 0; bits <= std::bit_cast<std::uint32_t>(largest); bits += 8191) {
        for (const float x : {std::bit_cast<float>(bits), -std::bit_cast<float>(bits)}) {
            worst = std::max(worst, ulps(fast(x), exact(static_cast<double>(x))));
        }
    }
    return worst;
}

TEST(FastExpTest, AgreesWithExpInDoubleWhereFloatsAreNormal) {
    EXPECT_LE(worst_ulps(
                  87.3f, [](float x) { return fast_exp(x); }, [](double x) { return std::exp(x); }),
              kExpUlps);
}

TEST(FastExpTest, AgreesWithExpInDoubleDownToZero) {
    for (float x = -87.0f; x > -110.0f; x -= 0.001f) {
        ASSERT_LE(ulps(fast_exp(x), std::exp(static_cast<double>(x))), kExpUlps) << x;
    }
}

TEST(FastExpTest, IsExactAtZeroAndAtTheEnds) {
    EXPECT_EQ(fast_exp(0.0f), 1.0f);
    EXPECT_EQ(fast_exp(-0.0f), 1.0f);
    EXPECT_EQ(fast_exp(-kInfinity), 0.0f);
    EXPECT_EQ(fast_exp(-3e38f), 0.0f);
    EXPECT_EQ(fast_exp(-110.0f), 0.0f);
    EXPECT_EQ(fast_exp(kInfinity), kInfinity);
    EXPECT_EQ(fast_exp(3e38f), kInfinity);
    EXPECT_EQ(fast_exp(88.8f), kInfinity);
    EXPECT_TRUE(std::isfinite(fast_exp(88.7f)));
    EXPECT_TRUE(std::isnan(fast_exp(NAN)));
}

TEST(RaiseETest, GivesEightTheBitsOfOne) {
    for (float x = -110.0f; x < 95.0f; x += 0.37f) {
        Vector8 many = Vector8{} + x;
        many[3] = -x;
        Vector8 tanhs = many;
        raise_e(many);
        apply_tanh(tanhs);
        for (std::size_t lane = 0; lane < kVectorWidth; ++lane) {
            ASSERT_EQ(many[lane], fast_exp(lane == 3 ? -x : x)) << x;
            ASSERT_EQ(tanhs[lane], fast_tanh(lane == 3 ? -x : x)) << x;
        }
    }
}

TEST(FastTanhTest, AgreesWithTanhInDouble) {
    EXPECT_LE(worst_ulps(
                  100.0f, [](float x) { return fast_tanh(x); }, [](double x) { return std::tanh(x); }),
              kTanhUlps);
    EXPECT_EQ(fast_tanh(kInfinity), 1.0f);
    EXPECT_EQ(fast_tanh(-kInfinity), -1.0f);
    EXPECT_TRUE(std::isnan(fast_tanh(NAN)));
}

TEST(FastSigmoidTest, AgreesWithTheDefinitionInDouble) {
    EXPECT_LE(worst_ulps(
                  87.0f, [](float x) { return fast_sigmoid(x); },
                  [](double x) { return 1.0 / (1.0 + std::exp(-x)); }),
              kSigmoidUlps);
    EXPECT_EQ(fast_sigmoid(0.0f), 0.5f);
    EXPECT_EQ(fast_sigmoid(200.0f), 1.0f);
    EXPECT_EQ(fast_sigmoid(-200.0f), 0.0f);
}

}  // namespace
}  // namespace moe
