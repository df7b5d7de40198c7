#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/nn/embedding.h"
#include "engine/nn/gated_activation.h"
#include "engine/nn/swiglu.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

constexpr float kLastDigits = 1e-6f;

TEST(SwigluTest, MultipliesSiluOfTheGateWithUp) {
    std::vector<float> gate{0.0f, 1.0f, -1.0f};
    const std::vector<float> up{5.0f, 2.0f, 2.0f};
    swiglu({gate.data(), 1, 3}, {up.data(), 1, 3});
    EXPECT_EQ(gate[0], 0.0f);
    EXPECT_NEAR(gate[1], 1.4621172f, kLastDigits);   // 2 / (1 + 1/e)
    EXPECT_NEAR(gate[2], -0.5378828f, kLastDigits);  // -2 / (1 + e)
}

/// activation(gate) * up of one pair.
float activated(Activation activation, float gate, float up) {
    gated_activation(activation, {&gate, 1, 1}, {&up, 1, 1});
    return gate;
}

TEST(GatedActivationTest, AgreesWithWorkedExamples) {
    EXPECT_NEAR(activated(Activation::Silu, 1.0f, 2.0f), 1.4621172f, kLastDigits);
    EXPECT_EQ(activated(Activation::Relu, -1.0f, 2.0f), 0.0f);
    EXPECT_EQ(activated(Activation::Relu, 3.0f, 2.0f), 6.0f);
    EXPECT_NEAR(activated(Activation::Gelu, 1.0f, 1.0f), 0.841192f, kLastDigits);
    EXPECT_NEAR(activated(Activation::Gelu, -1.0f, 2.0f), -0.317616f, kLastDigits);
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
