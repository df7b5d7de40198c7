#include "engine/blocks/gqa_attention.h"

#include <algorithm>
#include <cmath>

#include "engine/kernels/vector_ops.h"
#include "engine/nn/add_bias.h"
#include "engine/nn/attention.h"
#include "engine/nn/over_rows.h"
#include "engine/nn/rms_norm.h"

namespace moe {
namespace {

struct Projection {
    const WeightMatrix& weight;
    std::span<const float> bias;
};

void clamp_all(float limit, MatrixView<float> y) {
    for (std::size_t row = 0; row < y.rows; ++row) {
        for (float& value : y.row(row)) value = std::clamp(value, -limit, limit);
    }
}

void project(const Projection& projection, float clamp, MatrixView<const float> x, ThreadPool& pool,
             MatrixView<float> y) {
    linear(projection.weight, x, y, pool);
    if (projection.bias.empty() && clamp <= 0.0f) return;
    over_rows(y.rows, y.cols, pool, [&](std::size_t first, std::size_t count) {
        const MatrixView<float> some = y.rows_from(first, count);
        if (!projection.bias.empty()) add_bias(projection.bias, some);
        if (clamp > 0.0f) clamp_all(clamp, some);
    });
}

/// The weight's length tells whether a head or the whole row is normalised.
void normalize(const AttentionSpec& spec, std::span<const float> weight, float epsilon, MatrixView<float> y) {
    switch (spec.qk_norm) {
        case AttentionSpec::QkNorm::None:
            return;
        case AttentionSpec::QkNorm::PerHead:
        case AttentionSpec::QkNorm::WholeProjection:
            rms_norm_heads(y, weight, epsilon);
            return;
        case AttentionSpec::QkNorm::UnitPerHead:
            unit_rms_norm_heads(y, spec.d_head, epsilon);
            return;
    }
}

void normalize_and_rotate(const AttentionSpec& spec, std::span<const float> norm_weight, float epsilon,
                          const RopeTable& rope_table, ThreadPool& pool, MatrixView<float> y) {
    over_rows(y.rows, y.cols, pool, [&](std::size_t first, std::size_t count) {
        const MatrixView<float> some = y.rows_from(first, count);
        if (!spec.norm_after_rope) normalize(spec, norm_weight, epsilon, some);
        if (spec.n_rope_dims > 0) rope(some, spec.d_head, spec.rope_order, rope_table, first);
        if (spec.norm_after_rope) normalize(spec, norm_weight, epsilon, some);
    });
}

/// Sharpens attention over long texts (Llama 4; Nakanishi 2025, arXiv:2501.19399).
void scale_by_position(std::size_t step, std::size_t first_position, MatrixView<float> queries) {
    for (std::size_t token = 0; token < queries.rows; ++token) {
        const std::size_t n_steps = (first_position + token + 1) / step;
        scale(queries.row(token), static_cast<float>(1.0 + 0.1 * std::log1p(static_cast<double>(n_steps))));
    }
}

/// Queries and gates come head by head.
void project_gated_queries(const AttentionSpec& spec, const AttentionWeights& weights,
                           MatrixView<const float> x, AttentionScratch& scratch, ThreadPool& pool) {
    scratch.gated.resize(x.rows, spec.n_heads * 2 * spec.d_head);
    linear(weights.query, x, scratch.gated.view(), pool);
    over_rows(x.rows, scratch.queries.cols(), pool, [&](std::size_t first, std::size_t count) {
        for (std::size_t token = first; token < first + count; ++token) {
            for (std::size_t head = 0; head < spec.n_heads; ++head) {
                std::ranges::copy(scratch.gated.row(token).subspan(head * 2 * spec.d_head, spec.d_head),
                                  scratch.queries.row(token).subspan(head * spec.d_head).begin());
            }
        }
    });
}

void apply_output_gate(const AttentionSpec& spec, AttentionScratch& scratch, ThreadPool& pool) {
    MOE_CHECK(spec.d_value == spec.d_head);
    over_rows(scratch.mixed.rows(), scratch.mixed.cols(), pool, [&](std::size_t first, std::size_t count) {
        for (std::size_t token = first; token < first + count; ++token) {
            for (std::size_t head = 0; head < spec.n_heads; ++head) {
                multiply_by_sigmoid(
                    scratch.mixed.row(token).subspan(head * spec.d_head, spec.d_head),
                    scratch.gated.row(token).subspan((2 * head + 1) * spec.d_head, spec.d_head));
            }
        }
    });
}

void append_keys_and_values(const AttentionSpec& spec, const AttentionWeights& weights, float norm_epsilon,
                            MatrixView<const float> x, const RopeTable& rope_table, const KvRows& cache,
                            ThreadPool& pool) {
    const MatrixView<float> keys = cache.keys.rows_from(cache.first_position, x.rows);
    const MatrixView<float> values = cache.values.rows_from(cache.first_position, x.rows);
    project({weights.key, weights.key_bias}, spec.qkv_clamp, x, pool, keys);
    project({weights.value, weights.value_bias}, spec.qkv_clamp, x, pool, values);
    normalize_and_rotate(spec, weights.key_norm, norm_epsilon, rope_table, pool, keys);
    if (spec.value_norm) unit_rms_norm_heads(values, spec.d_value, norm_epsilon);
}

}  // namespace

void gqa_attention(const AttentionSpec& spec, const AttentionWeights& weights, float norm_epsilon,
                   MatrixView<const float> x, const RopeTable& rope_table, const KvRows& cache,
                   AttentionScratch& scratch, ThreadPool& pool, const std::stop_token& stop,
                   MatrixView<float> out) {
    scratch.queries.resize(x.rows, spec.n_heads * spec.d_head);
    scratch.mixed.resize(x.rows, spec.n_heads * spec.d_value);
    const MatrixView<float> queries = scratch.queries.view();
    if (spec.output_gate) {
        project_gated_queries(spec, weights, x, scratch, pool);
    } else {
        project({weights.query, weights.query_bias}, spec.qkv_clamp, x, pool, queries);
    }
    normalize_and_rotate(spec, weights.query_norm, norm_epsilon, rope_table, pool, queries);
    if (!spec.kv_layer) append_keys_and_values(spec, weights, norm_epsilon, x, rope_table, cache, pool);
    if (spec.temperature_step > 0) scale_by_position(spec.temperature_step, cache.first_position, queries);

    const AttentionShape shape{.n_heads = spec.n_heads,
                               .n_kv_heads = spec.n_kv_heads,
                               .d_head = spec.d_head,
                               .d_value = spec.d_value,
                               .score_scale = spec.score_scale,
                               .score_cap = spec.score_cap,
                               .window = spec.window,
                               .chunk = spec.chunk,
                               .sinks = weights.sinks};
    attention(shape, cache.first_position, queries, cache.keys, cache.values, scratch.mixed.view(), pool,
              stop);
    if (stop.stop_requested()) return;
    if (spec.output_gate) apply_output_gate(spec, scratch, pool);
    linear(weights.output, scratch.mixed.view(), out, pool);
    if (weights.output_bias.empty()) return;
    over_rows(out.rows, out.cols, pool, [&](std::size_t first, std::size_t count) {
        add_bias(weights.output_bias, out.rows_from(first, count));
    });
}

}  // namespace moe
