#pragma once

#include <span>

#include "engine/base/matrix.h"
#include "engine/kernels/linear.h"
#include "engine/nn/gated_activation.h"

namespace moe {

/// A gated feed-forward: down(activation(gate x) * up x), each product with its bias where there is one.
struct DenseFfnWeights {
    WeightMatrix gate;  ///< [d_ff, d_model]
    WeightMatrix up;    ///< [d_ff, d_model]
    WeightMatrix down;  ///< [d_model, d_ff]
    std::span<const float> gate_bias = {}, up_bias = {};  ///< [d_ff] or empty
    std::span<const float> down_bias = {};                ///< [d_model] or empty
};

/// Memory that is kept from call to call: [n_tokens, d_ff] each.
struct DenseFfnScratch {
    Matrix<float> gate;
    Matrix<float> up;
    QuantizedRows rounded;  ///< the input, where the weights read it so
};

/// The first half of a gated feed-forward.
struct GatedWeights {
    WeightMatrix gate;                                    ///< [d_ff, d_model]
    WeightMatrix up;                                      ///< [d_ff, d_model]
    std::span<const float> gate_bias = {}, up_bias = {};  ///< [d_ff] or empty
    Activation activation = Activation::Silu;
};

/// Rows [first, first + count) of activation(gate x) * up x on the calling thread, written to those columns
/// of `gate`; `up` is scratch.
void gated_tile(const GatedWeights& weights, std::size_t first, std::size_t count, const LinearInput& x,
                MatrixView<float> gate, MatrixView<float> up);

/// out = down(activation(gate x) * up x).
///
///   x, out  [n_tokens, d_model]
void dense_ffn(const DenseFfnWeights& weights, Activation activation, MatrixView<const float> x,
               DenseFfnScratch& scratch, ThreadPool& pool, MatrixView<float> out);

}  // namespace moe
