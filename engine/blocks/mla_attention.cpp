#include "engine/blocks/mla_attention.h"

#include <algorithm>
#include <span>

#include "engine/nn/attention.h"
#include "engine/nn/over_rows.h"
#include "engine/nn/rms_norm.h"

namespace moe {
namespace {

/// A head as it is projected is [rest, rotated]; in the cache and in the queries the rotated part comes
/// first, where `rope` looks for it.
struct HeadParts {
    std::size_t n_rope = 0;
    std::size_t n_rest = 0;
};

HeadParts parts_of(const AttentionSpec& spec) { return {spec.n_rope_dims, spec.d_head - spec.n_rope_dims}; }

void copy_columns(MatrixView<const float> from, std::size_t from_first, std::size_t count,
                  MatrixView<float> to, std::size_t to_first) {
    for (std::size_t row = 0; row < from.rows; ++row) {
        std::ranges::copy(from.row(row).subspan(from_first, count), to.row(row).subspan(to_first).begin());
    }
}

void normalize(MatrixView<float> x, std::span<const float> weight, float epsilon, ThreadPool& pool) {
    over_rows(x.rows, x.cols, pool, [&](std::size_t first, std::size_t count) {
        const MatrixView<float> some = x.rows_from(first, count);
        rms_norm(some, weight, epsilon, some);
    });
}

void rotate(const AttentionSpec& spec, std::size_t d_head, const RopeTable& table, ThreadPool& pool,
            MatrixView<float> x) {
    over_rows(x.rows, x.cols, pool, [&](std::size_t first, std::size_t count) {
        rope(x.rows_from(first, count), d_head, spec.rope_order, table, first);
    });
}

void project_queries(const AttentionSpec& spec, const AttentionWeights& weights, float norm_epsilon,
                     MatrixView<const float> x, LatentScratch& scratch, ThreadPool& pool) {
    scratch.projected.resize(x.rows, spec.n_heads * spec.d_head);
    if (spec.latent->d_query_latent == 0) {
        linear(weights.query, x, scratch.projected.view(), pool);
        return;
    }
    scratch.query_latent.resize(x.rows, spec.latent->d_query_latent);
    const MatrixView<float> narrow = scratch.query_latent.view();
    linear(weights.latent.query_down, x, narrow, pool);
    normalize(narrow, weights.latent.query_norm, norm_epsilon, pool);
    linear(weights.query, narrow, scratch.projected.view(), pool);
}

/// Fills `squeezed` with [normalised latent, key to be rotated].
void squeeze(const AttentionSpec& spec, const LatentWeights& weights, float norm_epsilon,
             MatrixView<const float> x, LatentScratch& scratch, ThreadPool& pool) {
    scratch.squeezed.resize(x.rows, spec.latent->d_latent + spec.n_rope_dims);
    linear(weights.down, x, scratch.squeezed.view(), pool);
    const MatrixView<float> latent = columns_from(scratch.squeezed.view(), 0, spec.latent->d_latent);
    normalize(latent, weights.norm, norm_epsilon, pool);
}

/// Keys are [rotated, latent], and a head's query is [rotated, K^T rest].
void absorb(const AttentionSpec& spec, const LatentWeights& weights, LatentScratch& scratch, ThreadPool& pool,
            MatrixView<float> queries, MatrixView<float> keys) {
    const HeadParts parts = parts_of(spec);
    const std::size_t d_latent = spec.latent->d_latent;
    const MatrixView<const float> squeezed = scratch.squeezed.view();
    copy_columns(squeezed, d_latent, parts.n_rope, keys, 0);
    copy_columns(squeezed, 0, d_latent, keys, parts.n_rope);
    const std::size_t width = parts.n_rope + d_latent;
    pool.run(spec.n_heads, [&](std::size_t head, std::size_t /*thread*/) {
        const MatrixView<const float> query = scratch.projected.view();
        const std::size_t first = head * spec.d_head;
        copy_columns(query, first + parts.n_rest, parts.n_rope, queries, head * width);
        linear_on_this_thread(weights.key_up.slice(head), columns_from(query, first, parts.n_rest),
                              columns_from(queries, head * width + parts.n_rope, d_latent));
    });
}

/// A head's key is [rotated, rest], as is its query.
void spread_out(const AttentionSpec& spec, const LatentWeights& weights, LatentScratch& scratch,
                ThreadPool& pool, MatrixView<float> queries, MatrixView<float> keys,
                MatrixView<float> values) {
    const HeadParts parts = parts_of(spec);
    const std::size_t d_latent = spec.latent->d_latent;
    const std::size_t d_spread = parts.n_rest + spec.d_value;
    const MatrixView<const float> squeezed = scratch.squeezed.view();
    scratch.spread.resize(keys.rows, spec.n_heads * d_spread);
    linear(weights.spread, columns_from(squeezed, 0, d_latent), scratch.spread.view(), pool);
    const MatrixView<const float> spread = scratch.spread.view();
    const MatrixView<const float> projected = scratch.projected.view();
    pool.run(spec.n_heads, [&](std::size_t head, std::size_t /*thread*/) {
        const std::size_t first = head * spec.d_head;
        copy_columns(projected, first + parts.n_rest, parts.n_rope, queries, first);
        copy_columns(projected, first, parts.n_rest, queries, first + parts.n_rope);
        copy_columns(squeezed, d_latent, parts.n_rope, keys, first);
        copy_columns(spread, head * d_spread, parts.n_rest, keys, first + parts.n_rope);
        copy_columns(spread, head * d_spread + parts.n_rest, spec.d_value, values, head * spec.d_value);
    });
}

/// What the heads mixed of the latents becomes values.
void release(const AttentionSpec& spec, const LatentWeights& weights, MatrixView<const float> latents,
             ThreadPool& pool, MatrixView<float> mixed) {
    const std::size_t d_latent = spec.latent->d_latent;
    pool.run(spec.n_heads, [&](std::size_t head, std::size_t /*thread*/) {
        linear_on_this_thread(weights.value_up.slice(head), columns_from(latents, head * d_latent, d_latent),
                              columns_from(mixed, head * spec.d_value, spec.d_value));
    });
}

}  // namespace

void mla_attention(const AttentionSpec& spec, const AttentionWeights& weights, float norm_epsilon,
                   MatrixView<const float> x, const RopeTable& rope_table, const KvRows& cache,
                   AttentionScratch& scratch, ThreadPool& pool, const std::stop_token& stop,
                   MatrixView<float> out) {
    const bool is_absorbed = spec.is_absorbed();
    const std::size_t d_latent = spec.latent->d_latent;
    const std::size_t d_query = is_absorbed ? d_latent + spec.n_rope_dims : spec.d_head;
    scratch.queries.resize(x.rows, spec.n_heads * d_query);
    scratch.mixed.resize(x.rows, spec.n_heads * spec.d_value);
    const MatrixView<float> queries = scratch.queries.view();
    const MatrixView<float> keys = cache.keys.rows_from(cache.first_position, x.rows);

    project_queries(spec, weights, norm_epsilon, x, scratch.latent, pool);
    squeeze(spec, weights.latent, norm_epsilon, x, scratch.latent, pool);
    if (is_absorbed) {
        absorb(spec, weights.latent, scratch.latent, pool, queries, keys);
    } else {
        spread_out(spec, weights.latent, scratch.latent, pool, queries, keys,
                   cache.values.rows_from(cache.first_position, x.rows));
    }
    rotate(spec, d_query, rope_table, pool, queries);
    rotate(spec, d_query, rope_table, pool, keys);

    const AttentionShape shape{.n_heads = spec.n_heads,
                               .n_kv_heads = is_absorbed ? 1 : spec.n_heads,
                               .d_head = d_query,
                               .d_value = is_absorbed ? d_latent : spec.d_value,
                               .score_scale = spec.score_scale};
    if (is_absorbed) {
        scratch.latent.mixed.resize(x.rows, spec.n_heads * d_latent);
        attention(shape, cache.first_position, queries, cache.keys,
                  columns_from(cache.keys, spec.n_rope_dims, d_latent), scratch.latent.mixed.view(), pool,
                  stop);
        release(spec, weights.latent, scratch.latent.mixed.view(), pool, scratch.mixed.view());
    } else {
        attention(shape, cache.first_position, queries, cache.keys, cache.values, scratch.mixed.view(), pool,
                  stop);
    }
    if (stop.stop_requested()) return;
    linear(weights.output, scratch.mixed.view(), out, pool);
}

}  // namespace moe
