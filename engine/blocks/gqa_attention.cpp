#include "engine/blocks/gqa_attention.h"

#include "engine/nn/attention.h"
#include "engine/nn/rms_norm.h"

namespace moe {
namespace {

void add_bias(std::span<const float> bias, MatrixView<float> y) {
    if (bias.empty()) return;
    MOE_CHECK(bias.size() == y.cols);
    for (std::size_t row = 0; row < y.rows; ++row) {
        for (std::size_t i = 0; i < y.cols; ++i) y.row(row)[i] += bias[i];
    }
}

/// The weight's length tells whether a head or the whole row is normalised.
void normalize(std::span<const float> weight, float epsilon, MatrixView<float> y) {
    if (!weight.empty()) rms_norm_heads(y, weight, epsilon);
}

}  // namespace

void gqa_attention(const AttentionSpec& spec, const AttentionWeights& weights, float norm_epsilon,
                   MatrixView<const float> x, const RopeTable& rope_table, const KvRows& cache,
                   AttentionScratch& scratch, ThreadPool& pool, const std::stop_token& stop,
                   MatrixView<float> out) {
    scratch.queries.resize(x.rows, spec.n_heads * spec.d_head);
    scratch.mixed.resize(x.rows, spec.n_heads * spec.d_value);
    const MatrixView<float> queries = scratch.queries.view();
    const MatrixView<float> keys = cache.keys.rows_from(cache.first_position, x.rows);
    const MatrixView<float> values = cache.values.rows_from(cache.first_position, x.rows);

    linear(weights.query, x, queries, pool);
    linear(weights.key, x, keys, pool);
    linear(weights.value, x, values, pool);
    add_bias(weights.query_bias, queries);
    add_bias(weights.key_bias, keys);
    add_bias(weights.value_bias, values);
    normalize(weights.query_norm, norm_epsilon, queries);
    normalize(weights.key_norm, norm_epsilon, keys);
    rope(queries, spec.d_head, spec.rope_order, rope_table);
    rope(keys, spec.d_head, spec.rope_order, rope_table);

    const AttentionShape shape{.n_heads = spec.n_heads,
                               .n_kv_heads = spec.n_kv_heads,
                               .d_head = spec.d_head,
                               .d_value = spec.d_value,
                               .score_scale = spec.score_scale};
    attention(shape, cache.first_position, queries, cache.keys, cache.values, scratch.mixed.view(), pool,
              stop);
    if (stop.stop_requested()) return;
    linear(weights.output, scratch.mixed.view(), out, pool);
}

}  // namespace moe
