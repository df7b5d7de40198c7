#include "engine/blocks/dense_ffn.h"

#include <algorithm>

#include "engine/nn/add_bias.h"

namespace moe {

void gated_tile(const GatedWeights& weights, std::size_t first, std::size_t count, const LinearInput& x,
                MatrixView<float> gate, MatrixView<float> up) {
    const MatrixView<float> gate_columns = columns_from(gate, first, count);
    const MatrixView<float> up_columns = columns_from(up, first, count);
    linear_on_this_thread(weights.gate.rows_from(first, count), x, gate_columns);
    linear_on_this_thread(weights.up.rows_from(first, count), x, up_columns);
    if (!weights.gate_bias.empty()) add_bias(weights.gate_bias.subspan(first, count), gate_columns);
    if (!weights.up_bias.empty()) add_bias(weights.up_bias.subspan(first, count), up_columns);
    gated_activation(weights.activation, gate_columns, up_columns);
}

void dense_ffn(const DenseFfnWeights& weights, Activation activation, MatrixView<const float> x,
               DenseFfnScratch& scratch, ThreadPool& pool, MatrixView<float> out) {
    const std::size_t d_ff = weights.gate.n_out;
    scratch.gate.resize(x.rows, d_ff);
    scratch.up.resize(x.rows, d_ff);
    const GatedWeights gated{.gate = weights.gate,
                             .up = weights.up,
                             .gate_bias = weights.gate_bias,
                             .up_bias = weights.up_bias,
                             .activation = activation};
    LinearInput input{x};
    if (reads_rounded(weights.gate) || reads_rounded(weights.up)) {
        scratch.rounded.set(x, pool);
        input.rounded = scratch.rounded.view();
    }
    const RowTasks tasks = row_tasks(d_ff, x.rows, pool);
    pool.run(tasks.count(), [&](std::size_t task, std::size_t /*thread*/) {
        gated_tile(gated, tasks.first(task), tasks.size(task), input, scratch.gate.view(), scratch.up.view());
    });
    linear(weights.down, scratch.gate.view(), out, pool);
    if (!weights.down_bias.empty()) add_bias(weights.down_bias, out);
}

}  // namespace moe
