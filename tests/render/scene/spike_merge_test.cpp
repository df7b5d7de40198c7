#include "render/scene/spike_merge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/rng.h"

namespace moe::render {
namespace {

std::vector<SpikePixel> random_spikes(std::uint64_t seed, std::size_t width, std::size_t height,
                                      std::size_t one_in) {
    Rng rng(seed);
    std::vector<SpikePixel> spikes;
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            if (rng.below(one_in) == 0)
                spikes.push_back({.x = x, .y = y, .max_code = static_cast<std::uint8_t>(200 + rng.below(9))});
        }
    }
    return spikes;
}

std::int64_t distance(const SpikePixel& a, const SpikePixel& b, const SpikeSquares& squares) {
    const auto square = [&](std::size_t pixel, std::size_t origin) {
        return static_cast<std::int64_t>((pixel + origin) / squares.side);
    };
    return std::max(std::abs(square(a.x, squares.origin_x) - square(b.x, squares.origin_x)),
                    std::abs(square(a.y, squares.origin_y) - square(b.y, squares.origin_y)));
}

// Spike by spike: the strongest that is left takes all that a chain leads to, pair by pair.
std::vector<SpikePixel> slow_merged(std::vector<SpikePixel> left, const SpikeSquares& squares) {
    std::vector<SpikePixel> kept;
    while (!left.empty()) {
        const SpikePixel best = *std::ranges::max_element(left, {}, &SpikePixel::max_code);  // the first
        std::vector<SpikePixel> group{best};
        for (std::size_t i = 0; i < group.size(); ++i) {
            const SpikePixel from = group[i];
            std::erase_if(left, [&](const SpikePixel& spike) {
                const bool joins = distance(spike, from, squares) <= 1 &&
                                   distance(spike, best, squares) <= static_cast<std::int64_t>(kMergeReach);
                if (joins) group.push_back(spike);
                return joins;
            });
        }
        kept.push_back(best);
    }
    std::ranges::sort(kept, {}, [](const SpikePixel& spike) { return std::pair(spike.y, spike.x); });
    return kept;
}

TEST(SpikeMergeTest, KeepsTheStrongestOfEveryGroup) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const std::vector<SpikePixel> spikes = random_spikes(seed, 60, 50, 5 + seed * 8);
        const SpikeSquares squares{
            .side = 1 + seed % 5, .origin_x = seed % 3 % (1 + seed % 5), .origin_y = 0};
        EXPECT_EQ(merged_spikes(spikes, squares), slow_merged(spikes, squares)) << seed;
    }
    EXPECT_TRUE(merged_spikes({}, {.side = 9}).empty());
}

TEST(SpikeMergeTest, MarksDoNotTouch) {
    const SpikeSquares squares{.side = 7, .origin_x = 3, .origin_y = 5};
    const std::vector<SpikePixel> marks = merged_spikes(random_spikes(1, 200, 200, 9), squares);
    EXPECT_GT(marks.size(), 10u);
    for (std::size_t a = 0; a < marks.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) EXPECT_GT(distance(marks[a], marks[b], squares), 1);
    }
}

TEST(SpikeMergeTest, EveryRowGivesItsStrongest) {
    const std::vector<SpikePixel> spikes{{3, 0, 210}, {5, 0, 230}, {9, 0, 230}, {1, 4, 205}};
    EXPECT_EQ(strongest_of_rows(spikes), (std::vector<SpikePixel>{{5, 0, 230}, {1, 4, 205}}));
}

}  // namespace
}  // namespace moe::render
