#include "engine/blocks/mla_attention.h"

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
constexpr float kEpsilon = 1e-5f;
constexpr std::size_t kModel = 48, kHeads = 5, kRope = 8, kRest = 16, kValue = 12, kLatent = 24, kQuery = 20;
constexpr std::size_t kHead = kRope + kRest, kTokens = 150, kContext = 170;

WeightMatrix weight_of(const Matrix<float>& values) {
    return {reinterpret_cast<const std::byte*>(values.view().data), BlockType::F32, values.rows(),
            values.cols()};
}

/// Random weights as the older files have them, and the same for the absorbed form.
struct Weights {
    Matrix<float> query_down = random_matrix(kQuery, kModel, 1), query_norm = random_matrix(1, kQuery, 2),
                  query = random_matrix(kHeads * kHead, kQuery, 3),
                  straight_query = random_matrix(kHeads * kHead, kModel, 4),
                  down = random_matrix(kLatent + kRope, kModel, 5), norm = random_matrix(1, kLatent, 6),
                  spread = random_matrix(kHeads * (kRest + kValue), kLatent, 7),
                  output = random_matrix(kModel, kHeads*kValue, 8);
    Matrix<float> key_up{kHeads * kLatent, kRest};     // a head's is its keys' rows of `spread`, transposed
    Matrix<float> value_up{kHeads * kValue, kLatent};  // a head's is its values' rows

    Weights() {
        for (std::size_t head = 0; head < kHeads; ++head) {
            const auto rows = spread.view().rows_from(head * (kRest + kValue), kRest + kValue);
            for (std::size_t i = 0; i < kRest; ++i) {
                for (std::size_t j = 0; j < kLatent; ++j) key_up.row(head * kLatent + j)[i] = rows.row(i)[j];
            }
            for (std::size_t i = 0; i < kValue; ++i)
                std::ranges::copy(rows.row(kRest + i), value_up.row(head * kValue + i).begin());
        }
    }

    AttentionWeights of_engine(const AttentionSpec& spec) const {
        AttentionWeights weights;
        const bool is_narrow = spec.latent->d_query_latent > 0;
        weights.query = weight_of(is_narrow ? query : straight_query);
        weights.output = weight_of(output);
        if (is_narrow) weights.latent.query_down = weight_of(query_down);
        weights.latent.query_norm = query_norm.row(0);
        weights.latent.down = weight_of(down);
        weights.latent.norm = norm.row(0);
        if (spec.is_absorbed()) {
            const WeightMatrix keys = weight_of(key_up), values = weight_of(value_up);
            weights.latent.key_up = {keys.data, keys.type, kLatent, kRest};
            weights.latent.value_up = {values.data, values.type, kValue, kLatent};
        } else {
            weights.latent.spread = weight_of(spread);
        }
        return weights;
    }

    test::NaiveLatentWeights of_oracle(const AttentionSpec& spec) const {
        const bool is_narrow = spec.latent->d_query_latent > 0;
        return {.query_down = is_narrow ? query_down.view() : MatrixView<const float>(),
                .query_norm = query_norm.row(0),
                .query = is_narrow ? query.view() : straight_query.view(),
                .down = down.view(),
                .norm = norm.row(0),
                .spread = spread.view(),
                .output = output.view()};
    }
};

AttentionSpec spec_of(bool is_absorbed, std::size_t d_query_latent, RopeOrder order) {
    AttentionSpec spec;
    spec.n_heads = spec.n_kv_heads = kHeads;
    spec.d_head = kHead;
    spec.d_value = kValue;
    spec.n_rope_dims = kRope;
    spec.rope_order = order;
    spec.score_scale = 0.2f;
    spec.latent =
        LatentSpec{.d_latent = kLatent, .d_query_latent = d_query_latent, .is_absorbed = is_absorbed};
    return spec;
}

/// What the engine makes of all tokens when it is given `piece` at a time.
std::vector<float> run(const AttentionSpec& spec, const AttentionWeights& weights, const Matrix<float>& x,
                       std::size_t piece) {
    ThreadPool pool(2);
    AttentionScratch scratch;
    RopeTable table;
    Matrix<float> keys(kContext, spec.key_width()), values(kContext, spec.value_width());
    std::vector<float> all;
    for (std::size_t first = 0; first < kTokens; first += piece) {
        const std::size_t n_tokens = std::min(piece, kTokens - first);
        fill_rope_table({.n_rope_dims = kRope, .base = spec.rope_base, .factors = {}}, first, n_tokens,
                        table);
        Matrix<float> out(n_tokens, kModel);
        mla_attention(spec, weights, kEpsilon, x.view().rows_from(first, n_tokens), table,
                      {first, keys.view(), values.view()}, scratch, pool, {}, out.view());
        all.insert(all.end(), out.values().begin(), out.values().end());
    }
    return all;
}

TEST(MlaAttentionTest, AgreesWithKeysAndValuesSpreadOutInDouble) {
    const Weights weights;
    const Matrix<float> x = random_matrix(kTokens, kModel, 9);
    for (const bool is_absorbed : {false, true}) {
        for (const std::size_t d_query_latent : {std::size_t{0}, kQuery}) {
            for (const RopeOrder order : {RopeOrder::Halves, RopeOrder::Interleaved}) {
                const AttentionSpec spec = spec_of(is_absorbed, d_query_latent, order);
                const auto expected = test::naive_mla_attention(spec, weights.of_oracle(spec),
                                                                static_cast<double>(kEpsilon), x.view());
                for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, kTokens}) {
                    EXPECT_LE(test::normalized_squared_error(run(spec, weights.of_engine(spec), x, piece),
                                                             expected),
                              kFloatError)
                        << (is_absorbed ? "absorbed, " : "spread out, ") << piece << " tokens at a time";
                }
            }
        }
    }
}

TEST(MlaAttentionTest, RemembersOneNarrowVectorOfAPositionWhenAbsorbed) {
    const AttentionSpec spec = spec_of(/*is_absorbed=*/true, kQuery, RopeOrder::Halves);
    EXPECT_EQ(spec.key_width(), kLatent + kRope);
    EXPECT_EQ(spec.value_width(), 0u);
}

}  // namespace
}  // namespace moe
