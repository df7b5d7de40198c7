#include "engine/blocks/delta_net.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/reference/naive_blocks.h"
#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

using test::random_matrix;

constexpr double kFloatError = 1e-11;
constexpr float kEpsilon = 1e-6f;
constexpr std::size_t kModel = 40, kTokens = 90;
constexpr DeltaNetSpec kSpec{.n_key_heads = 2, .n_value_heads = 6, .d_key = 12, .d_value = 20, .n_conv = 4};

WeightMatrix weight_of(const Matrix<float>& values) {
    return {reinterpret_cast<const std::byte*>(values.view().data), BlockType::F32, values.rows(),
            values.cols()};
}

struct Weights {
    Matrix<float> qkv = random_matrix(kSpec.n_channels(), kModel, 1),
                  gate = random_matrix(kSpec.n_value_heads * kSpec.d_value, kModel, 2),
                  conv = random_matrix(kSpec.n_channels(), kSpec.n_conv, 3),
                  beta = random_matrix(kSpec.n_value_heads, kModel, 4),
                  alpha = random_matrix(kSpec.n_value_heads, kModel, 5),
                  dt_bias = random_matrix(1, kSpec.n_value_heads, 6),
                  a = random_matrix(1, kSpec.n_value_heads, 7), norm = random_matrix(1, kSpec.d_value, 8),
                  output = random_matrix(kModel, kSpec.n_value_heads*kSpec.d_value, 9);
    Matrix<float> beta_alpha{2 * kSpec.n_value_heads, kModel};  // a key head's betas, then its alphas

    Weights() {
        for (float& value : a.values()) value = 0.1f * (value - 1.5f);  // below 0
        const std::size_t ratio = kSpec.n_value_heads / kSpec.n_key_heads;
        for (std::size_t head = 0; head < kSpec.n_value_heads; ++head) {
            const std::size_t row = head / ratio * 2 * ratio + head % ratio;
            std::ranges::copy(beta.row(head), beta_alpha.row(row).begin());
            std::ranges::copy(alpha.row(head), beta_alpha.row(row + ratio).begin());
        }
    }

    DeltaNetWeights of_engine(bool is_fused) const {
        DeltaNetWeights weights;
        weights.qkv = weight_of(qkv);
        weights.gate = weight_of(gate);
        weights.conv = conv.values();
        if (is_fused) {
            weights.beta_alpha = weight_of(beta_alpha);
        } else {
            weights.beta = weight_of(beta);
            weights.alpha = weight_of(alpha);
        }
        weights.dt_bias = dt_bias.row(0);
        weights.a = a.row(0);
        weights.norm = norm.row(0);
        weights.output = weight_of(output);
        return weights;
    }

    test::NaiveDeltaNetWeights of_oracle() const {
        return {.qkv = qkv.view(),
                .gate = gate.view(),
                .conv = conv.view(),
                .beta = beta.view(),
                .alpha = alpha.view(),
                .output = output.view(),
                .dt_bias = dt_bias.row(0),
                .a = a.row(0),
                .norm = norm.row(0)};
    }
};

/// What the engine makes of all tokens when it is given `piece` at a time.
std::vector<float> run(const DeltaNetSpec& spec, const DeltaNetWeights& weights, const Matrix<float>& x,
                       std::size_t piece) {
    ThreadPool pool(2);
    DeltaNetScratch scratch;
    std::vector<float> state(spec.state_size(), 0.0f), all;
    for (std::size_t first = 0; first < kTokens; first += piece) {
        const std::size_t n_tokens = std::min(piece, kTokens - first);
        Matrix<float> out(n_tokens, kModel);
        delta_net(spec, weights, kEpsilon, x.view().rows_from(first, n_tokens), state, scratch, pool, {},
                  out.view());
        all.insert(all.end(), out.values().begin(), out.values().end());
    }
    return all;
}

TEST(DeltaNetTest, AgreesWithTheRecurrenceInDouble) {
    const Weights weights;
    const Matrix<float> x = random_matrix(kTokens, kModel, 10);
    for (const auto order : {DeltaNetSpec::HeadOrder::Grouped, DeltaNetSpec::HeadOrder::Tiled}) {
        DeltaNetSpec spec = kSpec;
        spec.head_order = order;
        const auto expected =
            test::naive_delta_net(spec, weights.of_oracle(), static_cast<double>(kEpsilon), x.view());
        for (const bool is_fused : {false, true}) {
            for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, kTokens}) {
                EXPECT_LE(test::normalized_squared_error(run(spec, weights.of_engine(is_fused), x, piece),
                                                         expected),
                          kFloatError)
                    << piece << " tokens at a time";
            }
        }
    }
}

TEST(DeltaNetTest, LeavesAStoppedBatchUndone) {
    const Weights weights;
    ThreadPool pool(1);
    DeltaNetScratch scratch;
    std::vector<float> state(kSpec.state_size(), 0.0f);
    const Matrix<float> x = random_matrix(3, kModel, 10);
    Matrix<float> out(3, kModel);
    std::stop_source source;
    source.request_stop();
    delta_net(kSpec, weights.of_engine(false), kEpsilon, x.view(), state, scratch, pool, source.get_token(),
              out.view());
    EXPECT_TRUE(std::ranges::all_of(out.values(), [](float value) { return value == 0.0f; }));
}

}  // namespace
}  // namespace moe
