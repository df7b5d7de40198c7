#include "render/scene/spike_merge.h"

#include <algorithm>
#include <limits>

namespace moe::render {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

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

    static std::size_t stronger(const std::vector<SpikePixel>& spikes, std::size_t a, std::size_t b) {
        if (a == kNone || b == kNone) return std::min(a, b);
        if (spikes[a].max_code != spikes[b].max_code) return spikes[a].max_code > spikes[b].max_code ? a : b;
        return std::min(a, b);
    }

    // Empties the squares that hang together with one, and gives their strongest.
    std::size_t take_group(const std::vector<SpikePixel>& spikes, std::size_t square,
                           std::vector<std::size_t>& waiting) {
        std::size_t best = kNone;
        const auto take = [&](std::size_t taken) {
            best = stronger(spikes, best, strongest[taken]);
            strongest[taken] = kNone;
            waiting.push_back(taken);
        };
        take(square);
        while (!waiting.empty()) {
            const std::size_t x = waiting.back() % width;
            const std::size_t y = waiting.back() / width;
            waiting.pop_back();
            for (std::size_t row = y - std::min<std::size_t>(y, 1); row <= std::min(y + 1, height - 1); ++row) {
                for (std::size_t i = x - std::min<std::size_t>(x, 1); i <= std::min(x + 1, width - 1); ++i) {
                    if (strongest[row * width + i] != kNone) take(row * width + i);
                }
            }
        }
        return best;
    }
};

}  // namespace

std::vector<SpikePixel> merged_spikes(const std::vector<SpikePixel>& spikes, const SpikeSquares& squares) {
    SquareGrid grid(spikes, squares);
    std::vector<std::size_t> kept;
    std::vector<std::size_t> waiting;
    for (std::size_t square = 0; square < grid.strongest.size(); ++square) {
        if (grid.strongest[square] != kNone) kept.push_back(grid.take_group(spikes, square, waiting));
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
