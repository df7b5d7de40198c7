#include "engine/model/forward.h"

#include <bit>
#include <cstdint>
#include <optional>

#include "engine/kernels/vector_ops.h"
#include "engine/model/activations.h"
#include "engine/nn/embedding.h"
#include "engine/nn/rms_norm.h"

namespace moe {
namespace {

bool all_finite(MatrixView<const float> x) {
    constexpr std::uint32_t kExponent = 0x7F800000u;  // all ones in NaN and Inf only
    std::uint32_t is_broken = 0;
    for (std::size_t row = 0; row < x.rows; ++row) {
        for (const float value : x.row(row)) {
            is_broken |=
                static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
        }
    }
    return is_broken == 0;
}

void add(MatrixView<const float> branch, MatrixView<float> hidden) {
    for (std::size_t token = 0; token < hidden.rows; ++token)
        add_scaled(hidden.row(token), 1.0f, branch.row(token));
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
        activations_.resize(tokens.size(), spec_.d_model);
        embed(weights_.token_embedding, tokens, activations_.hidden.view());
        for (std::size_t layer = 0; layer < spec_.layers.size(); ++layer) {
            add_attention(layer);
            if (stop_.stop_requested()) return cancelled_error();
            add_feed_forward(layer);
            if (stop_.stop_requested()) return cancelled_error();
            if (!broken_layer_ && !all_finite(activations_.hidden.view())) broken_layer_ = layer;
        }
        read_logits(wanted, logits);
        return check_logits(logits);
    }

  private:
    void add_attention(std::size_t layer) {
        const AttentionSpec& spec = spec_.layers[layer].attention;
        const LayerWeights& weights = weights_.layers[layer];
        prepare_rope(layer);
        rms_norm(activations_.hidden.view(), weights.attention_norm, spec_.norm_epsilon,
                 activations_.normalized.view());
        const KvRows cache{state_.n_tokens(), state_.keys(layer), state_.values(layer)};
        gqa_attention(spec, weights.attention, spec_.norm_epsilon, activations_.normalized.view(),
                      activations_.rope_table, cache, activations_.attention, pool_, stop_,
                      activations_.branch.view());
        add(activations_.branch.view(), activations_.hidden.view());
    }

    /// Layers mostly share their angles: the table is filled anew only where they change.
    void prepare_rope(std::size_t layer) {
        const AttentionSpec& spec = spec_.layers[layer].attention;
        if (layer > 0) {
            const AttentionSpec& before = spec_.layers[layer - 1].attention;
            if (before.n_rope_dims == spec.n_rope_dims && before.rope_base == spec.rope_base) return;
        }
        fill_rope_table({spec.n_rope_dims, spec.rope_base, weights_.rope_factors}, state_.n_tokens(),
                        activations_.hidden.rows(), activations_.rope_table);
    }

    void add_feed_forward(std::size_t layer) {
        const LayerSpec& spec = spec_.layers[layer];
        const LayerWeights& weights = weights_.layers[layer];
        const MatrixView<const float> x = activations_.normalized.view();
        rms_norm(activations_.hidden.view(), weights.ffn_norm, spec_.norm_epsilon,
                 activations_.normalized.view());
        if (spec.moe) {
            const BranchNorms norms = observer_ != nullptr ? BranchNorms::Compute : BranchNorms::Skip;
            moe_ffn(*spec.moe, weights.moe, x, norms, activations_.moe, pool_, stop_,
                    activations_.branch.view());
            if (stop_.stop_requested()) return;
            report_routing();
        } else {
            dense_ffn(weights.dense, x, activations_.dense, pool_, activations_.branch.view());
        }
        add(activations_.branch.view(), activations_.hidden.view());
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
        event.experts = moe.routing.experts.view();
        event.weights = moe.routing.weights.view();
        event.branch_norm = moe.branch_norm.view();
        observer_->on_routing(event);
    }

    void read_logits(LogitsOf wanted, Matrix<float>& logits) {
        const std::size_t n_tokens = activations_.hidden.rows();
        const std::size_t n_rows = wanted == LogitsOf::EveryToken ? n_tokens : 1;
        const MatrixView<float> last = activations_.normalized.view().rows_from(n_tokens - n_rows, n_rows);
        rms_norm(activations_.hidden.view().rows_from(n_tokens - n_rows, n_rows), weights_.output_norm,
                 spec_.norm_epsilon, last);
        logits.resize(n_rows, spec_.n_vocab);
        linear(weights_.output, last, logits.view(), pool_);
    }

    Result<void> check_logits(const Matrix<float>& logits) const {
        if (all_finite(logits.view())) return {};
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
    std::size_t n_moe_layers_done_ = 0;
    std::optional<std::size_t> broken_layer_;
};

}  // namespace

Result<void> forward(const Model& model, SequenceState& state, std::span<const TokenId> tokens,
                     LogitsOf wanted, RoutingObserver* observer, ThreadPool& pool, std::stop_token stop,
                     Matrix<float>& logits) {
    MOE_TRY(check_request(model, state, tokens));
    thread_local Activations activations;  // the engine's thread makes one pass after the other
    ForwardPass pass(model, state, observer, pool, stop, activations);
    MOE_TRY(pass.run(tokens, wanted, logits));
    state.advance(tokens.size());  // only now: a pass that stopped leaves the state as it was
    return {};
}

}  // namespace moe
