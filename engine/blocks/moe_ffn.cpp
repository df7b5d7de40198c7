#include "engine/blocks/moe_ffn.h"

#include <algorithm>
#include <vector>

#include "engine/kernels/sigmoid.h"
#include "engine/kernels/vector_ops.h"
#include "engine/moe/combine.h"
#include "engine/nn/add_bias.h"
#include "engine/nn/rms_norm.h"

namespace moe {
namespace {

constexpr std::size_t kTokensPerTask = 16;

void route_tokens(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x,
                  MoeFfnScratch& scratch, ThreadPool& pool) {
    const RouterConfig config{.n_experts = spec.n_experts,
                              .top_k = spec.top_k,
                              .gating = spec.gating,
                              .rank = spec.rank,
                              .n_groups = spec.n_groups,
                              .n_groups_used = spec.n_groups_used,
                              .selection_bias = weights.selection_bias,
                              .renormalize = spec.renormalize,
                              .weights_scale = spec.weights_scale};
    scratch.router_logits.resize(x.rows, spec.n_experts);
    linear(weights.router, x, scratch.router_logits.view(), pool);
    if (spec.router_bias) add_bias(weights.router_bias, scratch.router_logits.view());
    route_into(scratch.router_logits.view(), config, scratch.routing);
    dispatch(scratch.routing.experts.view(), spec.n_experts, scratch.dispatch);
}

/// Runs `task(group, first_output)` for every tile of every expert's outputs, until `stop`.
template <class Task>
void for_each_tile(const Dispatch& dispatch, std::size_t n_outputs, ThreadPool& pool,
                   const std::stop_token& stop, const Task& task) {
    const std::size_t n_groups = dispatch.groups.size();
    if (n_groups == 0) return;
    const RowTasks tiles = row_tasks(n_outputs, dispatch.token_of_row.size() / n_groups, pool, n_groups);
    pool.run(n_groups * tiles.count(), [&](std::size_t index, std::size_t /*thread*/) {
        if (stop.stop_requested()) return;
        const std::size_t tile = index % tiles.count();
        task(dispatch.groups[index / tiles.count()], tiles.first(tile), tiles.size(tile));
    });
}

/// Row `expert` of a bias for all experts; empty where there is none.
std::span<const float> bias_of(std::span<const float> biases, std::size_t expert, std::size_t n) {
    return biases.empty() ? biases : biases.subspan(expert * n, n);
}

GatedWeights gated_weights(const MoeSpec& spec, const MoeFfnWeights& weights, std::size_t expert) {
    GatedWeights gated{.gate = {},
                       .up = {},
                       .gate_bias = bias_of(weights.gate_bias, expert, spec.d_ff),
                       .up_bias = bias_of(weights.up_bias, expert, spec.d_ff),
                       .activation = spec.activation};
    if (weights.expert_gate_up.is_empty()) {
        gated.gate = weights.expert_gate.slice(expert);
        gated.up = weights.expert_up.slice(expert);
    } else {
        const WeightMatrix both = weights.expert_gate_up.slice(expert);
        gated.gate = both.rows_from(0, spec.d_ff);
        gated.up = both.rows_from(spec.d_ff, spec.d_ff);
    }
    return gated;
}

/// Fills `expert_output` from the tokens in grouped order, all experts side by side.
void run_experts(const MoeSpec& spec, const MoeFfnWeights& weights, LinearInput input, MoeFfnScratch& scratch,
                 ThreadPool& pool, const std::stop_token& stop) {
    const std::size_t n_rows = input.x.rows;
    const std::size_t d_model = input.x.cols;
    scratch.expert_hidden.resize(n_rows, spec.d_ff);
    scratch.expert_up.resize(n_rows, spec.d_ff);
    scratch.expert_output.resize(n_rows, d_model);
    const auto rows = [](Matrix<float>& matrix, const ExpertGroup& group) {
        return matrix.view().rows_from(group.first_row, group.n_rows);
    };
    for_each_tile(scratch.dispatch, spec.d_ff, pool, stop,
                  [&](const ExpertGroup& group, std::size_t first, std::size_t count) {
                      gated_tile(gated_weights(spec, weights, group.expert), first, count,
                                 input.rows_from(group.first_row, group.n_rows),
                                 rows(scratch.expert_hidden, group), rows(scratch.expert_up, group));
                  });
    if (stop.stop_requested()) return;
    input = {scratch.expert_hidden.view()};
    if (reads_rounded(weights.expert_down)) {
        scratch.rounded.set(input.x, pool);
        input.rounded = scratch.rounded.view();
    }
    for_each_tile(scratch.dispatch, d_model, pool, stop,
                  [&](const ExpertGroup& group, std::size_t first, std::size_t count) {
                      const MatrixView<float> out =
                          columns_from(rows(scratch.expert_output, group), first, count);
                      linear_on_this_thread(weights.expert_down.slice(group.expert).rows_from(first, count),
                                            input.rows_from(group.first_row, group.n_rows), out);
                      const std::span<const float> bias = bias_of(weights.down_bias, group.expert, d_model);
                      if (!bias.empty()) add_bias(bias.subspan(first, count), out);
                  });
}

void gather_floats(MatrixView<const float> x, MoeFfnScratch& scratch, ThreadPool& pool) {
    const std::vector<std::size_t>& token_of_row = scratch.dispatch.token_of_row;
    scratch.expert_input.resize(token_of_row.size(), x.cols);
    pool.run((token_of_row.size() + kTokensPerTask - 1) / kTokensPerTask, [&](std::size_t task, std::size_t) {
        const std::size_t last = std::min((task + 1) * kTokensPerTask, token_of_row.size());
        for (std::size_t row = task * kTokensPerTask; row < last; ++row) {
            std::ranges::copy(x.row(token_of_row[row]), scratch.expert_input.row(row).begin());
        }
    });
}

/// Llama 4 weighs what an expert reads: since an expert is not linear, that is not the same.
void weigh_inputs(MoeFfnScratch& scratch) {
    for (std::size_t token = 0; token < scratch.routing.weights.rows(); ++token) {
        const std::span<const float> weights = scratch.routing.weights.row(token);
        for (std::size_t slot = 0; slot < weights.size(); ++slot) {
            const std::size_t row = scratch.dispatch.row_of_slot[token * weights.size() + slot];
            for (float& value : scratch.expert_input.row(row)) value *= weights[slot];
        }
    }
}

/// The tokens in grouped order, as the experts' weights read them: floats, rounded, or both. A token is rounded
/// once, except where each expert reads it with another factor.
LinearInput gather_inputs(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x,
                          MoeFfnScratch& scratch, ThreadPool& pool) {
    const GatedWeights any = gated_weights(spec, weights, 0);
    const std::vector<std::size_t>& token_of_row = scratch.dispatch.token_of_row;
    LinearInput input{MatrixView<const float>(nullptr, token_of_row.size(), x.cols)};
    if (!reads_rounded(any.gate) || !reads_rounded(any.up) || spec.weighs_input) {
        gather_floats(x, scratch, pool);
        if (spec.weighs_input) weigh_inputs(scratch);
        input.x = scratch.expert_input.view();
    }
    if (!reads_rounded(any.gate) && !reads_rounded(any.up)) return input;
    if (spec.weighs_input) {
        scratch.rounded.set(input.x, pool);
    } else {
        scratch.rounded_tokens.set(x, pool);
        scratch.rounded.gather(scratch.rounded_tokens.view(), token_of_row, pool);
    }
    input.rounded = scratch.rounded.view();
    return input;
}

/// Fills `mix_weights` with the factors of the experts' outputs.
void fill_mix_weights(const MoeSpec& spec, const MoeFfnWeights& weights, MoeFfnScratch& scratch) {
    const Routing& routing = scratch.routing;
    scratch.mix_weights.resize(routing.weights.rows(), spec.top_k);
    for (std::size_t token = 0; token < routing.weights.rows(); ++token) {
        for (std::size_t slot = 0; slot < spec.top_k; ++slot) {
            float factor = spec.weighs_input ? 1.0f : routing.weights.row(token)[slot];
            if (spec.output_scale) factor *= weights.output_scale[routing.experts.row(token)[slot]];
            scratch.mix_weights.row(token)[slot] = factor;
        }
    }
}

void combine_outputs(std::size_t top_k, MoeFfnScratch& scratch, ThreadPool& pool, MatrixView<float> out) {
    const std::span<const std::size_t> row_of_slot(scratch.dispatch.row_of_slot);
    pool.run((out.rows + kTokensPerTask - 1) / kTokensPerTask, [&](std::size_t task, std::size_t) {
        const std::size_t last = std::min((task + 1) * kTokensPerTask, out.rows);
        for (std::size_t token = task * kTokensPerTask; token < last; ++token) {
            combine(scratch.expert_output.view(), row_of_slot.subspan(token * top_k, top_k),
                    scratch.mix_weights.row(token), out.row(token));
        }
    });
}

/// Fills `shared_output`, scaled by its gate where there is one.
void run_shared(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x,
                MoeFfnScratch& scratch, ThreadPool& pool) {
    scratch.shared_output.resize(x.rows, x.cols);
    dense_ffn(weights.shared, spec.activation, x, scratch.shared, pool, scratch.shared_output.view());
    if (!spec.shared_gate) return;
    scratch.shared_gate.resize(x.rows, 1);
    linear(weights.shared_gate, x, scratch.shared_gate.view(), pool);
    for (std::size_t token = 0; token < x.rows; ++token) {
        const float factor = sigmoid(scratch.shared_gate.row(token)[0]);
        for (float& value : scratch.shared_output.row(token)) value *= factor;
    }
}

void fill_norms(MatrixView<const float> routed, bool has_shared, MoeFfnScratch& scratch) {
    scratch.branch_norm.resize(routed.rows, 3);
    for (std::size_t token = 0; token < routed.rows; ++token) {
        const std::span<float> norms = scratch.branch_norm.row(token);
        norms[0] = l2_norm(routed.row(token));
        norms[1] = has_shared ? l2_norm(scratch.shared_output.row(token)) : 0.0f;
        norms[2] = 0.0f;
    }
}

}  // namespace

void moe_ffn(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x,
             MatrixView<const float> router_input, BranchNorms norms, MoeFfnScratch& scratch,
             ThreadPool& pool, const std::stop_token& stop, MatrixView<float> out) {
    const bool has_shared = spec.d_ff_shared > 0;
    route_tokens(spec, weights, router_input, scratch, pool);
    run_experts(spec, weights, gather_inputs(spec, weights, x, scratch, pool), scratch, pool, stop);
    if (stop.stop_requested()) return;
    fill_mix_weights(spec, weights, scratch);
    combine_outputs(spec.top_k, scratch, pool, out);
    if (has_shared) run_shared(spec, weights, x, scratch, pool);
    if (norms == BranchNorms::Compute) fill_norms(out, has_shared, scratch);
    if (!has_shared) return;
    for (std::size_t token = 0; token < x.rows; ++token) {
        add_scaled(out.row(token), 1.0f, scratch.shared_output.row(token));
    }
}

}  // namespace moe
