#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/nn/embedding.h"
#include "engine/nn/gated_activation.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

constexpr float kLastDigits = 1e-6f;

/// activation(gate) * up of one pair.
float activated(Activation activation, float gate, float up) {
    gated_activation(activation, {&gate, 1, 1}, {&up, 1, 1});
    return gate;
}

TEST(GatedActivationTest, AgreesWithWorkedExamples) {
    EXPECT_EQ(activated(Activation::Silu, 0.0f, 5.0f), 0.0f);
    EXPECT_NEAR(activated(Activation::Silu, 1.0f, 2.0f), 1.4621172f, kLastDigits);    // 2 / (1 + 1/e)
    EXPECT_NEAR(activated(Activation::Silu, -1.0f, 2.0f), -0.5378828f, kLastDigits);  // -2 / (1 + e)
    EXPECT_EQ(activated(Activation::Relu, -1.0f, 2.0f), 0.0f);
    EXPECT_EQ(activated(Activation::Relu, 3.0f, 2.0f), 6.0f);
    EXPECT_NEAR(activated(Activation::Gelu, 1.0f, 1.0f), 0.841192f, kLastDigits);
    EXPECT_NEAR(activated(Activation::Gelu, -1.0f, 2.0f), -0.317616f, kLastDigits);
}

TEST(GatedActivationTest, GivesAPairTheSameBitsAloneAndAmongOthers) {
    for (const Activation activation :
         {Activation::Silu, Activation::Relu, Activation::Gelu, Activation::ClampedSwiglu}) {
        Matrix<float> gate = test::random_matrix(3, 21, /*seed=*/1);
        const Matrix<float> up = test::random_matrix(3, 21, /*seed=*/2);
        for (float& value : gate.values()) value *= 20.0f;
        const Matrix<float> before = gate;
        gated_activation(activation, gate.view(), up.view());
        for (std::size_t i = 0; i < gate.values().size(); ++i)
            ASSERT_EQ(gate.values()[i], activated(activation, before.values()[i], up.values()[i]));
    }
}

TEST(GatedActivationTest, KeepsWhatIsNotANumber) {
    for (const Activation activation :
         {Activation::Silu, Activation::Relu, Activation::Gelu, Activation::ClampedSwiglu}) {
        EXPECT_TRUE(std::isnan(activated(activation, NAN, 1.0f)));
        EXPECT_TRUE(std::isnan(activated(activation, 1.0f, NAN)));
    }
}

TEST(GatedActivationTest, ClampsBothSidesOfGptOss) {
    EXPECT_NEAR(activated(Activation::ClampedSwiglu, 1.0f, 0.0f), 0.8457958f,
                kLastDigits);  // 1/(1+exp(-1.702))
    const float at_limit = activated(Activation::ClampedSwiglu, 7.0f, 7.0f);
    EXPECT_EQ(activated(Activation::ClampedSwiglu, 100.0f, 50.0f), at_limit);
    EXPECT_NEAR(at_limit, 56.0f, 1e-3f);
    EXPECT_EQ(activated(Activation::ClampedSwiglu, 1.0f, -50.0f),
              activated(Activation::ClampedSwiglu, 1.0f, -7.0f));
}

TEST(EmbeddingTest, CopiesARowForEachToken) {
    for (const BlockType type : {BlockType::F32, BlockType::F16, BlockType::Q8_0}) {
        const test::RandomWeight table = test::random_weight(type, /*n_out=*/10, /*n_in=*/32, /*seed=*/1);
        const std::vector<TokenId> tokens{9, 0, 9};
        Matrix<float> hidden(3, 32);
        embed(table.matrix(), tokens, hidden.view());
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            EXPECT_TRUE(
                std::ranges::equal(hidden.row(i), table.values.row(static_cast<std::size_t>(tokens[i]))));
        }
    }
}

}  // namespace
}  // namespace moe
