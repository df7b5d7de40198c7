#include "engine/model/token_input.h"

#include <cmath>
#include <numbers>

#include "engine/kernels/vector_ops.h"
#include "engine/nn/embedding.h"
#include "engine/nn/gated_activation.h"
#include "engine/nn/rms_norm.h"
#include "engine/nn/scale_by.h"

namespace moe {

void embed_token_inputs(const ModelSpec& spec, const ModelWeights& weights, std::span<const TokenId> tokens,
                        ThreadPool& pool, Activations& activations) {
    const std::size_t width = spec.layers.size() * spec.d_token_input;
    activations.token_inputs.resize(tokens.size(), width);
    const MatrixView<float> inputs = activations.token_inputs.view();
    linear(weights.token_input_down, activations.hidden.view(), inputs, pool);
    scale_by(1.0f / std::sqrt(static_cast<float>(spec.d_model)), inputs);
    rms_norm_heads(inputs, weights.token_input_norm, spec.norm_epsilon);

    Matrix<float> looked_up(tokens.size(), width);
    embed(weights.token_input_embedding, tokens, looked_up.view());
    const float lookup_scale = std::sqrt(static_cast<float>(spec.d_token_input));
    for (std::size_t token = 0; token < tokens.size(); ++token) {
        add_scaled(inputs.row(token), lookup_scale, looked_up.row(token));
    }
    scale_by(1.0f / std::numbers::sqrt2_v<float>, inputs);
}

void add_token_input(const ModelSpec& spec, const TokenInputWeights& weights, std::size_t layer,
                     ThreadPool& pool, Activations& activations) {
    const MatrixView<float> hidden = activations.hidden.view();
    const MatrixView<float> branch = activations.branch.view();
    activations.token_gate.resize(hidden.rows, spec.d_token_input);
    const MatrixView<float> gate = activations.token_gate.view();
    linear(weights.gate, hidden, gate, pool);
    gated_activation(
        Activation::Gelu, gate,
        columns_from(activations.token_inputs.view(), layer * spec.d_token_input, spec.d_token_input));
    linear(weights.up, gate, branch, pool);
    rms_norm(branch, weights.norm_after.weight, spec.norm_epsilon, branch);
    for (std::size_t token = 0; token < hidden.rows; ++token) {
        add_scaled(hidden.row(token), 1.0f, branch.row(token));
    }
}

}  // namespace moe
