#pragma once

#include <cstdint>
#include <vector>

#include "engine/stats/coactivation.h"

namespace moe::render {

/// An order of a layer's experts that puts those used for the same tokens side by side.
///
/// The similarity of two experts is the cosine of their use, n(a, b) / sqrt(n(a) n(b)), n counting the tokens
/// that used both or one. The most similar groups are joined until one is left, the similarity of groups
/// being the mean over their pairs (average linkage: Sokal and Michener 1958); the tree's leaves are the
/// order. Of two groups the one with the lower expert stands first, so that the same counts give the same
/// order. Experts without use come last.
///
///   counts  [n_experts, n_experts]  engine/stats/coactivation.h
std::vector<std::uint16_t> clustered_order(const PairCounts& counts);

}  // namespace moe::render
