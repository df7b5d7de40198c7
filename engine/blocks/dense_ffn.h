#pragma once

#include "engine/base/matrix.h"
#include "engine/kernels/linear.h"

namespace moe {

/// A SwiGLU feed-forward: down(silu(gate x) * up x).
struct DenseFfnWeights {
    WeightMatrix gate;  ///< [d_ff, d_model]
    WeightMatrix up;    ///< [d_ff, d_model]
    WeightMatrix down;  ///< [d_model, d_ff]
};

/// Memory that is kept from call to call: [n_tokens, d_ff] each.
struct DenseFfnScratch {
    Matrix<float> gate;
    Matrix<float> up;
};

/// Rows [first, first + count) of silu(gate x) * up x on the calling thread, written to those columns of
/// `gate`; `up` is scratch.
void gated_tile(const WeightMatrix& gate_weight, const WeightMatrix& up_weight, std::size_t first,
                std::size_t count, MatrixView<const float> x, MatrixView<float> gate, MatrixView<float> up);

/// out = down(silu(gate x) * up x).
///
///   x, out  [n_tokens, d_model]
void dense_ffn(const DenseFfnWeights& weights, MatrixView<const float> x, DenseFfnScratch& scratch,
               ThreadPool& pool, MatrixView<float> out);

}  // namespace moe
