#include "engine/blocks/moe_ffn.h"

#include <algorithm>
#include <vector>

#include "engine/kernels/sigmoid.h"
#include "engine/kernels/vector_ops.h"
#include "engine/moe/combine.h"
#include "engine/nn/rms_norm.h"

namespace moe {
namespace {

constexpr std::size_t kTokensPerTask = 16;

void route_tokens(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x,
                  MoeFfnScratch& scratch, ThreadPool& pool) {
    const RouterConfig config{.n_experts = spec.n_experts,
                              .top_k = spec.top_k,
                              .gating = spec.gating,
                              .renormalize = spec.renormalize,
                              .weights_scale = spec.weights_scale};
    scratch.router_logits.resize(x.rows, spec.n_experts);
    linear(weights.router, x, scratch.router_logits.view(), pool);
    route_into(scratch.router_logits.view(), config, scratch.routing);
    dispatch(scratch.routing.experts.view(), spec.n_experts, scratch.dispatch);
}

/// Runs `task(group, first_output)` for every tile of every expert's outputs, until `stop`.
template <class Task>
void for_each_tile(const Dispatch& dispatch, std::size_t n_outputs, ThreadPool& pool,
                   const std::stop_token& stop, const Task& task) {
    const std::size_t tiles = n_tiles(n_outputs);
    pool.run(dispatch.groups.size() * tiles, [&](std::size_t index, std::size_t /*thread*/) {
        if (stop.stop_requested()) return;
        const std::size_t first = index % tiles * kTileRows;
        task(dispatch.groups[index / tiles], first, std::min(kTileRows, n_outputs - first));
    });
}

/// Fills `expert_output` from `expert_input`, all experts side by side.
void run_experts(const MoeSpec& spec, const MoeFfnWeights& weights, MoeFfnScratch& scratch, ThreadPool& pool,
                 const std::stop_token& stop) {
    const std::size_t n_rows = scratch.expert_input.rows();
    const std::size_t d_model = scratch.expert_input.cols();
    scratch.expert_hidden.resize(n_rows, spec.d_ff);
    scratch.expert_up.resize(n_rows, spec.d_ff);
    scratch.expert_output.resize(n_rows, d_model);
    const auto rows = [](Matrix<float>& matrix, const ExpertGroup& group) {
        return matrix.view().rows_from(group.first_row, group.n_rows);
    };
    for_each_tile(scratch.dispatch, spec.d_ff, pool, stop,
                  [&](const ExpertGroup& group, std::size_t first, std::size_t count) {
                      gated_tile(weights.expert_gate.slice(group.expert),
                                 weights.expert_up.slice(group.expert), first, count,
                                 rows(scratch.expert_input, group), rows(scratch.expert_hidden, group),
                                 rows(scratch.expert_up, group));
                  });
    for_each_tile(scratch.dispatch, d_model, pool, stop,
                  [&](const ExpertGroup& group, std::size_t first, std::size_t count) {
                      linear_on_this_thread(weights.expert_down.slice(group.expert).rows_from(first, count),
                                            rows(scratch.expert_hidden, group),
                                            columns_from(rows(scratch.expert_output, group), first, count));
                  });
}

void gather_inputs(MatrixView<const float> x, MoeFfnScratch& scratch, ThreadPool& pool) {
    const std::vector<std::size_t>& token_of_row = scratch.dispatch.token_of_row;
    scratch.expert_input.resize(token_of_row.size(), x.cols);
    pool.run((token_of_row.size() + kTokensPerTask - 1) / kTokensPerTask, [&](std::size_t task, std::size_t) {
        const std::size_t last = std::min((task + 1) * kTokensPerTask, token_of_row.size());
        for (std::size_t row = task * kTokensPerTask; row < last; ++row) {
            std::ranges::copy(x.row(token_of_row[row]), scratch.expert_input.row(row).begin());
        }
    });
}

void combine_outputs(std::size_t top_k, MoeFfnScratch& scratch, ThreadPool& pool, MatrixView<float> out) {
    const std::span<const std::size_t> row_of_slot(scratch.dispatch.row_of_slot);
    pool.run((out.rows + kTokensPerTask - 1) / kTokensPerTask, [&](std::size_t task, std::size_t) {
        const std::size_t last = std::min((task + 1) * kTokensPerTask, out.rows);
        for (std::size_t token = task * kTokensPerTask; token < last; ++token) {
            combine(scratch.expert_output.view(), row_of_slot.subspan(token * top_k, top_k),
                    scratch.routing.weights.row(token), out.row(token));
        }
    });
}

/// Fills `shared_output`, scaled by its gate where there is one.
void run_shared(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x,
                MoeFfnScratch& scratch, ThreadPool& pool) {
    scratch.shared_output.resize(x.rows, x.cols);
    dense_ffn(weights.shared, x, scratch.shared, pool, scratch.shared_output.view());
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

void moe_ffn(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x, BranchNorms norms,
             MoeFfnScratch& scratch, ThreadPool& pool, const std::stop_token& stop, MatrixView<float> out) {
    const bool has_shared = spec.d_ff_shared > 0;
    route_tokens(spec, weights, x, scratch, pool);
    gather_inputs(x, scratch, pool);
    run_experts(spec, weights, scratch, pool, stop);
    if (stop.stop_requested()) return;
    combine_outputs(spec.top_k, scratch, pool, out);
    if (has_shared) run_shared(spec, weights, x, scratch, pool);
    if (norms == BranchNorms::Compute) fill_norms(out, has_shared, scratch);
    if (!has_shared) return;
    for (std::size_t token = 0; token < x.rows; ++token) {
        add_scaled(out.row(token), 1.0f, scratch.shared_output.row(token));
    }
}

}  // namespace moe
