#include "engine/blocks/delta_net.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/kernels/sigmoid.h"
#include "engine/kernels/vector_ops.h"
#include "engine/nn/over_rows.h"
#include "engine/nn/rms_norm.h"

namespace moe {
namespace {

/// log(1 + exp(x)).
float softplus(float x) { return std::max(x, 0.0f) + std::log1p(std::exp(-std::abs(x))); }

/// Fills `qkv` from `inputs`, and `state` with the inputs that the next batch still needs.
void convolve(const DeltaNetSpec& spec, std::span<const float> conv, DeltaNetScratch& scratch,
              std::span<float> state, ThreadPool& pool) {
    const std::size_t n_channels = spec.n_channels();
    const std::size_t n_tokens = scratch.inputs.rows() - (spec.n_conv - 1);
    scratch.qkv.resize(n_tokens, n_channels);
    over_rows(n_tokens, n_channels, pool, [&](std::size_t first, std::size_t count) {
        for (std::size_t token = first; token < first + count; ++token) {
            const std::span<float> out = scratch.qkv.row(token);
            for (std::size_t channel = 0; channel < n_channels; ++channel) {
                const float* const input = scratch.inputs.row(token).data() + channel;
                float sum = 0.0f;
                for (std::size_t i = 0; i < spec.n_conv; ++i)
                    sum += conv[channel * spec.n_conv + i] * input[i * n_channels];
                out[channel] = sum;
            }
            multiply_by_sigmoid(out, out);
        }
    });
    for (std::size_t i = 0; i + 1 < spec.n_conv; ++i) {
        std::ranges::copy(scratch.inputs.row(n_tokens + i), state.subspan(i * n_channels).begin());
    }
}

void project(const DeltaNetSpec& spec, const DeltaNetWeights& weights, MatrixView<const float> x,
             std::span<float> state, DeltaNetScratch& scratch, ThreadPool& pool) {
    const std::size_t n_channels = spec.n_channels();
    const std::size_t n_kept = spec.n_conv - 1;
    scratch.inputs.resize(n_kept + x.rows, n_channels);
    for (std::size_t i = 0; i < n_kept; ++i) {
        std::ranges::copy(state.subspan(i * n_channels, n_channels), scratch.inputs.row(i).begin());
    }
    linear(weights.qkv, x, scratch.inputs.view().rows_from(n_kept, x.rows), pool);
    scratch.gate.resize(x.rows, spec.n_value_heads * spec.d_value);
    linear(weights.gate, x, scratch.gate.view(), pool);
    scratch.beta_alpha.resize(x.rows, 2 * spec.n_value_heads);
    const MatrixView<float> both = scratch.beta_alpha.view();
    if (!weights.beta_alpha.is_empty()) {
        linear(weights.beta_alpha, x, both, pool);
    } else {
        linear(weights.beta, x, columns_from(both, 0, spec.n_value_heads), pool);
        linear(weights.alpha, x, columns_from(both, spec.n_value_heads, spec.n_value_heads), pool);
    }
    convolve(spec, weights.conv, scratch, state, pool);
}

/// The columns of `beta_alpha` that belong to a value head.
struct BetaAlpha {
    std::size_t beta = 0;
    std::size_t alpha = 0;
};

BetaAlpha columns_of(const DeltaNetSpec& spec, const DeltaNetWeights& weights, std::size_t head) {
    if (weights.beta_alpha.is_empty()) return {head, spec.n_value_heads + head};
    const std::size_t ratio = spec.n_value_heads / spec.n_key_heads;
    const std::size_t beta = head / ratio * 2 * ratio + head % ratio;
    return {beta, beta + ratio};
}

/// `out` = x / max(|x|, epsilon) * scale.
void copy_at_unit_length(std::span<const float> x, float epsilon, float scale, std::vector<float>& out) {
    out.assign(x.begin(), x.end());
    const float factor = scale / std::max(l2_norm(x), epsilon);
    for (float& value : out) value *= factor;
}

/// One head over all tokens. `memory` is its [d_key, d_value].
void run_head(const DeltaNetSpec& spec, const DeltaNetWeights& weights, float norm_epsilon, std::size_t head,
              DeltaNetScratch& scratch, MatrixView<float> memory) {
    thread_local std::vector<float> query, key, change;
    const bool is_grouped = spec.head_order == DeltaNetSpec::HeadOrder::Grouped;
    const std::size_t key_head =
        is_grouped ? head / (spec.n_value_heads / spec.n_key_heads) : head % spec.n_key_heads;
    const std::size_t first_key = spec.n_key_heads * spec.d_key;
    const BetaAlpha columns = columns_of(spec, weights, head);
    const float query_scale = 1.0f / std::sqrt(static_cast<float>(spec.d_key));
    for (std::size_t token = 0; token < scratch.qkv.rows(); ++token) {
        const std::span<const float> qkv = scratch.qkv.row(token);
        copy_at_unit_length(qkv.subspan(key_head * spec.d_key, spec.d_key), norm_epsilon, query_scale, query);
        copy_at_unit_length(qkv.subspan(first_key + key_head * spec.d_key, spec.d_key), norm_epsilon, 1.0f,
                            key);
        const std::span<const float> value = qkv.subspan(2 * first_key + head * spec.d_value, spec.d_value);
        const std::span<const float> both = scratch.beta_alpha.row(token);
        const float beta = sigmoid(both[columns.beta]);
        const float decay = std::exp(softplus(both[columns.alpha] + weights.dt_bias[head]) * weights.a[head]);

        change.assign(spec.d_value, 0.0f);
        for (std::size_t i = 0; i < spec.d_key; ++i) {
            for (float& cell : memory.row(i)) cell *= decay;
            add_scaled(change, -key[i], memory.row(i));
        }
        for (std::size_t i = 0; i < spec.d_value; ++i) change[i] = beta * (change[i] + value[i]);
        const std::span<float> out = scratch.mixed.row(token).subspan(head * spec.d_value, spec.d_value);
        std::ranges::fill(out, 0.0f);
        for (std::size_t i = 0; i < spec.d_key; ++i) {
            add_scaled(memory.row(i), key[i], change);
            add_scaled(out, query[i], memory.row(i));
        }
    }
}

}  // namespace

void delta_net(const DeltaNetSpec& spec, const DeltaNetWeights& weights, float norm_epsilon,
               MatrixView<const float> x, std::span<float> state, DeltaNetScratch& scratch, ThreadPool& pool,
               const std::stop_token& stop, MatrixView<float> out) {
    MOE_CHECK(state.size() == spec.state_size());
    project(spec, weights, x, state, scratch, pool);
    scratch.mixed.resize(x.rows, spec.n_value_heads * spec.d_value);
    float* const memories = state.data() + (spec.n_conv - 1) * spec.n_channels();
    pool.run(spec.n_value_heads, [&](std::size_t head, std::size_t /*thread*/) {
        if (stop.stop_requested()) return;
        const MatrixView<float> memory(memories + head * spec.d_key * spec.d_value, spec.d_key, spec.d_value);
        run_head(spec, weights, norm_epsilon, head, scratch, memory);
    });
    if (stop.stop_requested()) return;
    over_rows(x.rows, scratch.mixed.cols(), pool, [&](std::size_t first, std::size_t count) {
        rms_norm_heads(scratch.mixed.view().rows_from(first, count), weights.norm, norm_epsilon);
        for (std::size_t token = first; token < first + count; ++token) {
            const std::span<float> mixed = scratch.mixed.row(token);
            const std::span<float> gate = scratch.gate.row(token);
            multiply_by_sigmoid(gate, gate);
            for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] *= gate[i];
        }
    });
    linear(weights.output, scratch.mixed.view(), out, pool);
}

}  // namespace moe
