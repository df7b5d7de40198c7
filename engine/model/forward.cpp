#include "engine/model/forward.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>

#include "engine/blocks/mla_attention.h"
#include "engine/kernels/vector_ops.h"
#include "engine/model/activations.h"
#include "engine/model/token_input.h"
#include "engine/nn/add_bias.h"
#include "engine/nn/embedding.h"
#include "engine/nn/over_rows.h"
#include "engine/nn/rms_norm.h"
#include "engine/nn/scale_by.h"

namespace moe {
namespace {

bool every_row_finite(MatrixView<const float> x, ThreadPool& pool) {
    std::atomic<bool> is_broken = false;
    over_rows(x.rows, x.cols, pool, [&](std::size_t first, std::size_t count) {
        for (std::size_t row = first; row < first + count; ++row) {
            if (!all_finite(x.row(row))) is_broken.store(true, std::memory_order_relaxed);
        }
    });
    return !is_broken;
}

void add(float scale, MatrixView<const float> branch, MatrixView<float> hidden, ThreadPool& pool) {
    over_rows(hidden.rows, hidden.cols, pool, [&](std::size_t first, std::size_t count) {
        for (std::size_t token = first; token < first + count; ++token)
            add_scaled(hidden.row(token), scale, branch.row(token));
    });
}

bool has_same_angles(const AttentionSpec& a, const AttentionSpec& b) {
    return a.n_rope_dims == b.n_rope_dims && a.rope_base == b.rope_base && a.rope_scaling == b.rope_scaling &&
           a.has_rope_factors == b.has_rope_factors;
}

Result<void> check_request(const Model& model, const SequenceState& state, std::span<const TokenId> tokens) {
    if (tokens.empty()) return make_error("forward pass: no tokens; give at least one");
    if (tokens.size() > state.n_ctx() - state.n_tokens()) {
        return make_error(
            "position {} is beyond the context of {} tokens; shorten the prompt or ask for more context",
            state.n_tokens() + tokens.size() - 1, state.n_ctx());
    }
    for (const TokenId token : tokens) {
        if (token < 0 || static_cast<std::size_t>(token) >= model.spec.n_vocab) {
            return make_error("token {}: the vocabulary of {} has {} entries", token, model.spec.name,
                              model.spec.n_vocab);
        }
    }
    return {};
}

/// One forward pass: the arguments of `forward`, and its stages in order.
class ForwardPass {
  public:
    ForwardPass(const Model& model, SequenceState& state, RoutingObserver* observer, ThreadPool& pool,
                const std::stop_token& stop, Activations& activations)
        : spec_(model.spec),
          weights_(model.weights),
          state_(state),
          observer_(observer),
          pool_(pool),
          stop_(stop),
          activations_(activations) {}

    Result<void> run(std::span<const TokenId> tokens, LogitsOf wanted, Matrix<float>& logits) {
        const ThreadPool::StopScope scope(pool_, stop_);
        activations_.resize(tokens.size(), spec_.d_model);
        embed_tokens(tokens);
        for (std::size_t layer = 0; layer < spec_.layers.size(); ++layer) {
            if (keeps_layer_input(layer)) activations_.layer_input = activations_.hidden;
            add_attention(layer);
            if (stop_.stop_requested()) return cancelled_error();
            add_feed_forward(layer);
            if (stop_.stop_requested()) return cancelled_error();
            finish_layer(layer);
            if (!broken_layer_ && !every_row_finite(activations_.hidden.view(), pool_)) broken_layer_ = layer;
        }
        read_logits(wanted, logits);
        if (stop_.stop_requested()) return cancelled_error();
        return check_logits(logits);
    }

  private:
    void embed_tokens(std::span<const TokenId> tokens) {
        const MatrixView<float> hidden = activations_.hidden.view();
        embed(weights_.token_embedding, tokens, hidden);
        scale_by(spec_.embedding_scale, hidden);
        if (spec_.d_token_input > 0) embed_token_inputs(spec_, weights_, tokens, pool_, activations_);
    }

    bool keeps_layer_input(std::size_t layer) const {
        const std::optional<MoeSpec>& moe = spec_.layers[layer].moe;
        return moe && (moe->experts_read == MoeSpec::ExpertsRead::OwnNormOfLayerInput ||
                       moe->router_reads == MoeSpec::RouterReads::LayerInput);
    }

    void add_attention(std::size_t layer) {
        const AttentionSpec& spec = spec_.layers[layer].attention;
        const LayerWeights& weights = weights_.layers[layer];
        const MatrixView<float> branch = activations_.branch.view();
        normalize(weights.attention_norm, activations_.hidden.view(), activations_.normalized.view());
        if (spec.delta_net) {
            delta_net(*spec.delta_net, weights.delta_net, spec_.norm_epsilon, activations_.normalized.view(),
                      state_.next_memory(layer), activations_.delta_net, pool_, stop_, branch);
        } else {
            attend(layer, branch);
        }
        if (spec_.layers[layer].norm_after_attention) normalize(weights.attention_norm_after, branch, branch);
        add(spec_.residual_scale, branch, activations_.hidden.view(), pool_);
    }

    void attend(std::size_t layer, MatrixView<float> branch) {
        const AttentionSpec& spec = spec_.layers[layer].attention;
        prepare_rope(spec);
        const std::size_t kv_layer = spec.kv_layer.value_or(layer);
        const KvRows cache{state_.n_tokens(), state_.keys(kv_layer), state_.values(kv_layer)};
        const auto block = spec.latent ? mla_attention : gqa_attention;
        block(spec, weights_.layers[layer].attention, spec_.norm_epsilon, activations_.normalized.view(),
              activations_.rope_table, cache, activations_.attention, pool_, stop_, branch);
    }

    /// Layers mostly share their angles: the table is filled anew only where they change.
    void prepare_rope(const AttentionSpec& spec) {
        if (spec.n_rope_dims == 0) return;
        if (rope_of_ != nullptr && has_same_angles(*rope_of_, spec)) return;
        rope_of_ = &spec;
        RopeAngles angles{.n_rope_dims = spec.n_rope_dims,
                          .base = spec.rope_base,
                          .factors = {},
                          .scaling = spec.rope_scaling};
        if (spec.has_rope_factors) angles.factors = rope_factors(spec);
        fill_rope_table(angles, state_.n_tokens(), activations_.hidden.rows(), activations_.rope_table);
    }

    /// A long context is rotated otherwise from its first position on, since keys are not rotated again.
    std::span<const float> rope_factors(const AttentionSpec& spec) const {
        const bool is_long = state_.n_ctx() > spec.rope_scaling.original_context;
        return is_long && !weights_.long_rope_factors.empty() ? weights_.long_rope_factors : weights_.rope_factors;
    }

    void add_feed_forward(std::size_t layer) {
        const LayerSpec& spec = spec_.layers[layer];
        const LayerWeights& weights = weights_.layers[layer];
        const MatrixView<float> branch = activations_.branch.view();
        normalize(weights.ffn_norm, activations_.hidden.view(), activations_.normalized.view());
        if (spec.moe) {
            run_experts(layer);
            if (stop_.stop_requested()) return;
            if (spec.d_ff_dense > 0) add_dense_branch(layer);
            report_routing();
        } else {
            dense_ffn(weights.dense, spec.activation, activations_.normalized.view(), activations_.dense,
                      pool_, branch);
        }
        if (spec.norm_after_ffn) normalize(weights.ffn_norm_after, branch, branch);
        add(spec_.residual_scale, branch, activations_.hidden.view(), pool_);
    }

    /// Fills `branch` with what the routed and shared experts add.
    void run_experts(std::size_t layer) {
        const MoeSpec& spec = *spec_.layers[layer].moe;
        const BranchNorms norms = observer_ != nullptr ? BranchNorms::Compute : BranchNorms::Skip;
        const MatrixView<const float> x = expert_input(layer);
        moe_ffn(spec, weights_.layers[layer].moe, x, router_input(layer, x), norms, activations_.moe, pool_,
                stop_, activations_.branch.view());
    }

    MatrixView<const float> expert_input(std::size_t layer) {
        const MoeSpec::ExpertsRead read = spec_.layers[layer].moe->experts_read;
        if (read == MoeSpec::ExpertsRead::FfnNorm) return activations_.normalized.view();
        const bool reads_hidden = read == MoeSpec::ExpertsRead::OwnNorm;
        activations_.expert_input.resize(activations_.hidden.rows(), spec_.d_model);
        const MatrixView<float> input = activations_.expert_input.view();
        normalize(weights_.layers[layer].expert_norm,
                  reads_hidden ? activations_.hidden.view() : activations_.layer_input.view(), input);
        return input;
    }

    MatrixView<const float> router_input(std::size_t layer, MatrixView<const float> of_experts) {
        const MoeSpec::RouterReads read = spec_.layers[layer].moe->router_reads;
        if (read == MoeSpec::RouterReads::AsExperts) return of_experts;
        if (read == MoeSpec::RouterReads::LayerInput) return activations_.layer_input.view();
        activations_.router_input.resize(activations_.hidden.rows(), spec_.d_model);
        const MatrixView<float> input = activations_.router_input.view();
        rms_norm(activations_.hidden.view(), weights_.layers[layer].router_scale, spec_.norm_epsilon, input);
        scale_by(1.0f / std::sqrt(static_cast<float>(spec_.d_model)), input);
        return input;
    }

    /// The feed-forward beside the experts, which every token takes.
    void add_dense_branch(std::size_t layer) {
        const LayerSpec& spec = spec_.layers[layer];
        const LayerWeights& weights = weights_.layers[layer];
        activations_.dense_branch.resize(activations_.hidden.rows(), spec_.d_model);
        const MatrixView<float> dense = activations_.dense_branch.view();
        const MatrixView<float> branch = activations_.branch.view();
        dense_ffn(weights.dense, spec.activation, activations_.normalized.view(), activations_.dense, pool_,
                  dense);
        if (observer_ != nullptr) {
            for (std::size_t token = 0; token < dense.rows; ++token)
                activations_.moe.branch_norm.row(token)[2] = l2_norm(dense.row(token));
        }
        if (spec.norm_after_branches) {
            normalize(weights.routed_norm_after, branch, branch);
            normalize(weights.dense_norm_after, dense, dense);
        }
        add(1.0f, dense, branch, pool_);
        scale_by(spec.branch_scale, branch);
    }

    void finish_layer(std::size_t layer) {
        const LayerWeights& weights = weights_.layers[layer];
        if (spec_.d_token_input > 0) add_token_input(spec_, weights.token_input, layer, pool_, activations_);
        if (spec_.layers[layer].output_scale) scale_by(weights.output_scale[0], activations_.hidden.view());
    }

    void normalize(const NormWeights& weights, MatrixView<const float> x, MatrixView<float> y) const {
        over_rows(x.rows, x.cols, pool_, [&](std::size_t first, std::size_t count) {
            const MatrixView<float> out = y.rows_from(first, count);
            if (spec_.norm == NormKind::Layer) {
                layer_norm(x.rows_from(first, count), weights.weight, spec_.norm_epsilon, out);
            } else {
                rms_norm(x.rows_from(first, count), weights.weight, spec_.norm_epsilon, out);
            }
            if (!weights.bias.empty()) add_bias(weights.bias, out);
        });
    }

    void report_routing() {
        const std::size_t layer = n_moe_layers_done_++;
        if (observer_ == nullptr) return;
        const MoeFfnScratch& moe = activations_.moe;
        RoutingEvent event;
        event.first_token = state_.n_tokens();
        event.layer = layer;
        event.router_logits = moe.router_logits.view();
        event.scores = moe.routing.scores.view();
        event.selection = moe.routing.selection.view();
        event.experts = moe.routing.experts.view();
        event.weights = moe.routing.weights.view();
        event.branch_norm = moe.branch_norm.view();
        observer_->on_routing(event);
    }

    void read_logits(LogitsOf wanted, Matrix<float>& logits) {
        const std::size_t n_tokens = activations_.hidden.rows();
        const std::size_t n_rows = wanted == LogitsOf::EveryToken ? n_tokens : 1;
        const MatrixView<float> last = activations_.normalized.view().rows_from(n_tokens - n_rows, n_rows);
        normalize(weights_.output_norm, activations_.hidden.view().rows_from(n_tokens - n_rows, n_rows),
                  last);
        logits.resize(n_rows, spec_.n_vocab);
        linear(weights_.output, last, logits.view(), pool_);
        if (!weights_.output_bias.empty()) add_bias(weights_.output_bias, logits.view());
        scale_by(spec_.logit_scale, logits.view());
        if (spec_.logit_cap <= 0.0f) return;
        for (std::size_t row = 0; row < n_rows; ++row) cap_softly(logits.row(row), spec_.logit_cap);
    }

    Result<void> check_logits(const Matrix<float>& logits) const {
        if (every_row_finite(logits.view(), pool_)) return {};
        if (!broken_layer_) {
            return make_error(
                "{}: NaN or Inf in the logits, though every layer's output is finite; "
                "the output weights are damaged",
                spec_.name);
        }
        return make_error("{}: NaN or Inf in the logits; layer {} is the first whose output is not finite",
                          spec_.name, *broken_layer_);
    }

    const ModelSpec& spec_;
    const ModelWeights& weights_;
    SequenceState& state_;
    RoutingObserver* observer_;
    ThreadPool& pool_;
    const std::stop_token& stop_;
    Activations& activations_;
    const AttentionSpec* rope_of_ = nullptr;  // whose angles the table holds
    std::size_t n_moe_layers_done_ = 0;
    std::optional<std::size_t> broken_layer_;
};

struct PassOptions {
    LogitsOf wanted = LogitsOf::LastToken;
    RoutingObserver* observer = nullptr;
};

Result<void> run_pass(const Model& model, SequenceState& state, std::span<const TokenId> tokens,
                      PassOptions options, ThreadPool& pool, const std::stop_token& stop,
                      Matrix<float>& logits) {
    thread_local Activations activations;  // the engine's thread makes one pass after the other
    state.begin_pass();
    ForwardPass pass(model, state, options.observer, pool, stop, activations);
    MOE_TRY(pass.run(tokens, options.wanted, logits));
    state.advance(tokens);  // only now: a pass that stopped leaves the state as it was
    return {};
}

/// After a cut, layers with a memory of the whole text may stand before the end: they read what is between
/// again.
Result<void> catch_up(const Model& model, SequenceState& state, ThreadPool& pool,
                      const std::stop_token& stop) {
    constexpr std::size_t kPiece = 64;
    if (!state.is_behind()) return {};
    SequenceState::Rewind rewind(state);
    Matrix<float> unused;
    for (const std::span<const TokenId> tokens = rewind.tokens(); state.n_tokens() < tokens.size();) {
        const std::size_t n = std::min(kPiece, tokens.size() - state.n_tokens());
        MOE_TRY(run_pass(model, state, tokens.subspan(state.n_tokens(), n), {}, pool, stop, unused));
    }
    return {};
}

}  // namespace

Result<void> forward(const Model& model, SequenceState& state, std::span<const TokenId> tokens,
                     LogitsOf wanted, RoutingObserver* observer, ThreadPool& pool, std::stop_token stop,
                     Matrix<float>& logits) {
    MOE_TRY(check_request(model, state, tokens));
    MOE_TRY(catch_up(model, state, pool, stop));
    return run_pass(model, state, tokens, {wanted, observer}, pool, stop, logits);
}

}  // namespace moe
