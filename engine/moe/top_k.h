#pragma once

#include <cstdint>
#include <span>

namespace moe {

/// The experts with the largest scores, best first. Ties go to the lower index, so that equal scores
/// give equal routing everywhere.
///
///   scores   [n_experts]
///   experts  [top_k], 1 <= top_k <= n_experts <= 65536
void top_k(std::span<const float> scores, std::span<std::uint16_t> experts);

}  // namespace moe
