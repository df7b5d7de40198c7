#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace moe::render {

/// A pixel that hides a spike, counted from its image's corner; of a column of several pixels the first.
struct SpikePixel {
    std::size_t x = 0;
    std::size_t y = 0;
    std::uint8_t max_code = 0;
    bool operator==(const SpikePixel&) const = default;
};

/// Squares of a mark's size, in which marks touch; the corner of one is at minus the origin.
struct SpikeSquares {
    std::size_t side = 1;
    std::size_t origin_x = 0;
    std::size_t origin_y = 0;
};

/// How many squares a group reaches from its strongest in each direction: where spikes are everywhere, marks
/// still say where, with room between them.
inline constexpr std::size_t kMergeReach = 4;

/// One pixel for each group of touching ones: those in the same square or in neighbouring ones, in a chain
/// that stays within kMergeReach of the group's strongest pixel, which stands for it. The strongest of all
/// takes its group first, then that of what is left; of equals the first in reading order. No two of the
/// result touch. In reading order, as `spikes` have to be.
std::vector<SpikePixel> merged_spikes(const std::vector<SpikePixel>& spikes, const SpikeSquares& squares);

/// The strongest pixel of each row.
std::vector<SpikePixel> strongest_of_rows(const std::vector<SpikePixel>& spikes);

}  // namespace moe::render
