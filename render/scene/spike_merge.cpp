#include "render/scene/spike_merge.h"

#include <algorithm>
#include <limits>

#include "render/resolve/index_range.h"

namespace moe::render {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

std::size_t stronger(const std::vector<SpikePixel>& spikes, std::size_t a, std::size_t b) {
    if (a == kNone || b == kNone) return std::min(a, b);
    if (spikes[a].max_code != spikes[b].max_code) return spikes[a].max_code > spikes[b].max_code ? a : b;
    return std::min(a, b);
}

// Indices at most `reach` from one, of `n`.
IndexRange around(std::size_t index, std::size_t reach, std::size_t n) {
    return {index - std::min(index, reach), std::min(index + reach + 1, n)};
}

// The strongest spike of each square, kNone where there is none.
struct SquareGrid {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::size_t> strongest;

    SquareGrid(const std::vector<SpikePixel>& spikes, const SpikeSquares& squares) {
        for (const SpikePixel& spike : spikes) {
            width = std::max(width, (spike.x + squares.origin_x) / squares.side + 1);
            height = std::max(height, (spike.y + squares.origin_y) / squares.side + 1);
        }
        strongest.assign(width * height, kNone);
        for (std::size_t i = 0; i < spikes.size(); ++i) {
            const std::size_t x = (spikes[i].x + squares.origin_x) / squares.side;
            std::size_t& best = strongest[(spikes[i].y + squares.origin_y) / squares.side * width + x];
            best = stronger(spikes, best, i);
        }
    }

    // Empties the squares that hang together with one, within reach of it.
    void take_group(std::size_t first, std::vector<std::size_t>& waiting) {
        const IndexRange columns = around(first % width, kMergeReach, width);
        const IndexRange rows = around(first / width, kMergeReach, height);
        strongest[first] = kNone;
        waiting.push_back(first);
        while (!waiting.empty()) {
            const IndexRange x = around(waiting.back() % width, 1, width);
            const IndexRange y = around(waiting.back() / width, 1, height);
            waiting.pop_back();
            for (std::size_t row = std::max(y.first, rows.first); row < std::min(y.end, rows.end); ++row) {
                for (std::size_t i = std::max(x.first, columns.first); i < std::min(x.end, columns.end);
                     ++i) {
                    if (strongest[row * width + i] == kNone) continue;
                    strongest[row * width + i] = kNone;
                    waiting.push_back(row * width + i);
                }
            }
        }
    }
};

}  // namespace

std::vector<SpikePixel> merged_spikes(const std::vector<SpikePixel>& spikes, const SpikeSquares& squares) {
    SquareGrid grid(spikes, squares);
    std::vector<std::size_t> occupied;
    for (std::size_t square = 0; square < grid.strongest.size(); ++square) {
        if (grid.strongest[square] != kNone) occupied.push_back(square);
    }
    std::ranges::sort(occupied, [&](std::size_t a, std::size_t b) {
        return stronger(spikes, grid.strongest[a], grid.strongest[b]) == grid.strongest[a] && a != b;
    });
    std::vector<std::size_t> kept;
    std::vector<std::size_t> waiting;
    for (const std::size_t square : occupied) {
        if (grid.strongest[square] == kNone) continue;
        kept.push_back(grid.strongest[square]);
        grid.take_group(square, waiting);
    }
    std::ranges::sort(kept);
    std::vector<SpikePixel> merged;
    merged.reserve(kept.size());
    for (const std::size_t index : kept) merged.push_back(spikes[index]);
    return merged;
}

std::vector<SpikePixel> strongest_of_rows(const std::vector<SpikePixel>& spikes) {
    std::vector<SpikePixel> strongest;
    for (const SpikePixel& spike : spikes) {
        if (strongest.empty() || strongest.back().y != spike.y) {
            strongest.push_back(spike);
        } else if (spike.max_code > strongest.back().max_code) {
            strongest.back() = spike;
        }
    }
    return strongest;
}

}  // namespace moe::render
