#include "engine/blocks/dense_ffn.h"

#include <algorithm>

#include "engine/nn/swiglu.h"

namespace moe {

void gated_tile(const WeightMatrix& gate_weight, const WeightMatrix& up_weight, std::size_t first,
                std::size_t count, MatrixView<const float> x, MatrixView<float> gate, MatrixView<float> up) {
    const MatrixView<float> gate_columns = columns_from(gate, first, count);
    const MatrixView<float> up_columns = columns_from(up, first, count);
    linear_on_this_thread(gate_weight.rows_from(first, count), x, gate_columns);
    linear_on_this_thread(up_weight.rows_from(first, count), x, up_columns);
    swiglu(gate_columns, up_columns);
}

void dense_ffn(const DenseFfnWeights& weights, MatrixView<const float> x, DenseFfnScratch& scratch,
               ThreadPool& pool, MatrixView<float> out) {
    const std::size_t d_ff = weights.gate.n_out;
    scratch.gate.resize(x.rows, d_ff);
    scratch.up.resize(x.rows, d_ff);
    pool.run(n_tiles(d_ff), [&](std::size_t tile, std::size_t /*thread*/) {
        const std::size_t first = tile * kTileRows;
        gated_tile(weights.gate, weights.up, first, std::min(kTileRows, d_ff - first), x, scratch.gate.view(),
                   scratch.up.view());
    });
    linear(weights.down, scratch.gate.view(), out, pool);
}

}  // namespace moe
