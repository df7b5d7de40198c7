#pragma once

#include <span>

#include "engine/base/matrix_view.h"
#include "engine/base/token_id.h"
#include "engine/kernels/linear.h"

namespace moe {

/// hidden[i] = table[tokens[i]].
///
///   table   [n_vocab, d_model]  any BlockType
///   tokens  [n_tokens]          each in [0, n_vocab)
///   hidden  [n_tokens, d_model]
void embed(const WeightMatrix& table, std::span<const TokenId> tokens, MatrixView<float> hidden);

}  // namespace moe
