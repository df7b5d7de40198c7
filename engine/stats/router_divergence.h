#pragma once

#include <cstddef>
#include <optional>

#include "engine/trace/trace_store.h"

namespace moe {

/// How differently two routers saw a token: KL(p || q) = sum p ln(p / q) in nats, p the scores of `a`, q those
/// of `b`, each divided by their sum; the mean over the layers. 0 when they agree. None where a trace has
/// neither scores nor logits, where a position is not routed or where the axes differ.
std::optional<double> router_divergence(const TraceSnapshot& a, std::size_t position_a,
                                        const TraceSnapshot& b, std::size_t position_b);

}  // namespace moe
