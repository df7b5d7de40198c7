#pragma once

#include "engine/base/matrix_view.h"

namespace moe {

/// What a gated feed-forward does between its two products (Shazeer 2020, arXiv:2002.05202, section 2).
enum class Activation {
    Silu,  ///< silu(gate) * up
    Relu,  ///< max(gate, 0) * up
    Gelu,  ///< gelu(gate) * up, in the tanh form (Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2)
    ClampedSwiglu  ///< g sigmoid(1.702 g) (u + 1), g = min(gate, 7), u = up within [-7, 7]: gpt-oss
};

/// gate = activation(gate) * up.
///
///   gate, up  [n_tokens, d_ff]; gate is overwritten
void gated_activation(Activation activation, MatrixView<float> gate, MatrixView<const float> up);

/// The tanh form of x Φ(x).
float gelu(float x);

}  // namespace moe
