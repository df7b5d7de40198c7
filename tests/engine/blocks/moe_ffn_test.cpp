#include "engine/blocks/moe_ffn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/nn/rms_norm.h"
#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

using test::random_matrix;
using test::random_weight;
using test::RandomWeight;

constexpr double kFloatError = 1e-11;
constexpr double kRoundedError = 5e-4;  // of three products with activations of 8 bits
constexpr float kNormError = 1e-4f;
constexpr std::size_t kModel = 96, kFf = 64, kExperts = 5, kShared = 96;

/// A layer with shared experts, and the same layer computed token by token, expert by expert.
struct Layer {
    RandomWeight router = random_weight(BlockType::F32, kExperts, kModel, 1);
    RandomWeight gate = random_weight(BlockType::F16, kExperts* kFf, kModel, 2);
    RandomWeight up = random_weight(BlockType::F16, kExperts* kFf, kModel, 3);
    RandomWeight down = random_weight(BlockType::F16, kExperts* kModel, kFf, 4);
    RandomWeight shared_gate_proj = random_weight(BlockType::BF16, kShared, kModel, 5);
    RandomWeight shared_up = random_weight(BlockType::F16, kShared, kModel, 6);
    RandomWeight shared_down = random_weight(BlockType::F16, kModel, kShared, 7);
    RandomWeight shared_gate = random_weight(BlockType::F32, 1, kModel, 8);
    MoeSpec spec{.n_experts = kExperts,
                 .top_k = 2,
                 .d_ff = kFf,
                 .renormalize = true,
                 .n_shared_experts = 1,
                 .d_ff_shared = kShared,
                 .shared_gate = true};

    MoeFfnWeights weights() const {
        const auto first = [](const RandomWeight& stack, std::size_t n_out) {
            return WeightMatrix{stack.bytes.data(), stack.type, n_out, stack.values.cols()};
        };
        return {.router = router.matrix(),
                .expert_gate = first(gate, kFf),
                .expert_up = first(up, kFf),
                .expert_down = first(down, kModel),
                .shared = {shared_gate_proj.matrix(), shared_up.matrix(), shared_down.matrix()},
                .shared_gate = shared_gate.matrix()};
    }

    void store_experts_as(BlockType type) {
        gate = random_weight(type, kExperts * kFf, kModel, 2);
        up = random_weight(type, kExperts * kFf, kModel, 3);
        down = random_weight(type, kExperts * kModel, kFf, 4);
        shared_down = random_weight(type, kModel, kShared, 7);
    }

    std::vector<double> routed_output(std::span<const float> x, const Routing& routing,
                                      std::size_t token) const {
        std::vector<double> y(kModel, 0.0);
        for (std::size_t slot = 0; slot < spec.top_k; ++slot) {
            const std::size_t expert = routing.experts.row(token)[slot];
            const auto out = test::naive_swiglu_ffn(gate.values.view().rows_from(expert * kFf, kFf),
                                                    up.values.view().rows_from(expert * kFf, kFf),
                                                    down.values.view().rows_from(expert * kModel, kModel), x);
            const auto weight = static_cast<double>(routing.weights.row(token)[slot]);
            for (std::size_t i = 0; i < kModel; ++i) y[i] += weight * out[i];
        }
        return y;
    }
    std::vector<double> shared_output(std::span<const float> x) const {
        auto y = test::naive_swiglu_ffn(shared_gate_proj.values.view(), shared_up.values.view(),
                                        shared_down.values.view(), x);
        const double logit = test::naive_linear(shared_gate.values.view(), {x.data(), 1, x.size()})[0];
        for (double& value : y) value /= 1.0 + std::exp(-logit);
        return y;
    }
};

class MoeFfnTest : public testing::TestWithParam<std::size_t> {
  protected:
    void run(BranchNorms norms, const std::stop_token& stop = {}) {
        x = random_matrix(GetParam(), kModel, /*seed=*/9);
        out.resize(GetParam(), kModel);
        moe_ffn(layer.spec, layer.weights(), x.view(), x.view(), norms, scratch, pool, stop, out.view());
    }
    Layer layer;
    ThreadPool pool{2};
    MoeFfnScratch scratch;
    Matrix<float> x, out;
};

TEST_P(MoeFfnTest, AgreesWithALoopOverTokensAndExperts) {
    run(BranchNorms::Skip);
    for (std::size_t token = 0; token < x.rows(); ++token) {
        std::vector<double> expected = layer.routed_output(x.row(token), scratch.routing, token);
        const std::vector<double> shared = layer.shared_output(x.row(token));
        for (std::size_t i = 0; i < kModel; ++i) expected[i] += shared[i];
        EXPECT_LE(test::normalized_squared_error(out.row(token), expected), kFloatError) << "token " << token;
    }
}

TEST_P(MoeFfnTest, AgreesNearlyWhereWeightsHaveBlocks) {
    for (const BlockType type : {BlockType::Q8_0, BlockType::Q4_1, BlockType::MXFP4}) {
        layer.store_experts_as(type);
        run(BranchNorms::Skip);
        for (std::size_t token = 0; token < x.rows(); ++token) {
            std::vector<double> expected = layer.routed_output(x.row(token), scratch.routing, token);
            const std::vector<double> shared = layer.shared_output(x.row(token));
            for (std::size_t i = 0; i < kModel; ++i) expected[i] += shared[i];
            EXPECT_LE(test::normalized_squared_error(out.row(token), expected), kRoundedError)
                << block_type_name(type) << ", token " << token;
        }
    }
}

TEST_P(MoeFfnTest, LeavesOutSharedExpertsWhereThereAreNone) {
    layer.spec.d_ff_shared = 0;
    layer.spec.shared_gate = false;
    run(BranchNorms::Compute);
    for (std::size_t token = 0; token < x.rows(); ++token) {
        const std::vector<double> expected = layer.routed_output(x.row(token), scratch.routing, token);
        EXPECT_LE(test::normalized_squared_error(out.row(token), expected), kFloatError) << "token " << token;
        EXPECT_EQ(scratch.branch_norm.row(token)[1], 0.0f);
    }
}

TEST_P(MoeFfnTest, MeasuresBranchesWithoutChangingThem) {
    run(BranchNorms::Skip);
    const std::vector<float> unwatched(out.values().begin(), out.values().end());
    run(BranchNorms::Compute);
    EXPECT_TRUE(std::ranges::equal(out.values(), unwatched));
    for (std::size_t token = 0; token < x.rows(); ++token) {
        const auto length = [](const std::vector<double>& values) {
            double sum = 0.0;
            for (const double value : values) sum += value * value;
            return static_cast<float>(std::sqrt(sum));
        };
        const std::span<const float> norms = scratch.branch_norm.row(token);
        EXPECT_NEAR(norms[0], length(layer.routed_output(x.row(token), scratch.routing, token)), kNormError);
        EXPECT_NEAR(norms[1], length(layer.shared_output(x.row(token))), kNormError);
        EXPECT_EQ(norms[2], 0.0f);
    }
}

TEST_P(MoeFfnTest, ReturnsAtOnceWhenStopped) {
    std::stop_source source;
    source.request_stop();
    run(BranchNorms::Compute, source.get_token());
    EXPECT_EQ(scratch.routing.experts.rows(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Tokens, MoeFfnTest, testing::Values(1, 3, 40));

}  // namespace
}  // namespace moe
