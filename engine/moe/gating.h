#pragma once

#include <span>

namespace moe {

/// How router logits become scores. The names are the trace file's, in the order of
/// `expert_gating_func` in GGUF metadata.
enum class Gating { Softmax, Sigmoid, SoftmaxTopK };

/// Scores of one token's experts. SoftmaxTopK takes its weights from the chosen logits alone
/// (see router.h); its scores are the softmax over all experts, which ranks them the same.
///
///   router_logits, scores  [n_experts]
void gate(Gating gating, std::span<const float> router_logits, std::span<float> scores);

}  // namespace moe
