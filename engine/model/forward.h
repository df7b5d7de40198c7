#pragma once

#include <span>
#include <stop_token>

#include "engine/base/matrix.h"
#include "engine/base/result.h"
#include "engine/base/thread_pool.h"
#include "engine/base/token_id.h"
#include "engine/model/model.h"
#include "engine/model/routing_observer.h"
#include "engine/model/sequence_state.h"

namespace moe {

/// Which rows of the logits the caller wants; the head is a large part of a small model's work.
enum class LogitsOf { LastToken, EveryToken };

/// Runs `tokens` through the model at the end of `state` and appends their keys and values to it.
///
///   tokens   [n_tokens]            ids below n_vocab; n_tokens >= 1
///   logits   [1 or n_tokens, n_vocab]  resized
///
/// `observer` may be null. On `stop` the state is cut back to what it was and the Error is `cancelled`;
/// the check comes at least once a layer. A NaN or Inf in the logits is an Error that names the first
/// layer whose output is not finite.
Result<void> forward(const Model& model, SequenceState& state, std::span<const TokenId> tokens,
                     LogitsOf wanted, RoutingObserver* observer, ThreadPool& pool, std::stop_token stop,
                     Matrix<float>& logits);

}  // namespace moe
