#include "render/resolve/mean_code.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/rng.h"
#include "render/resolve/column_sums.h"
#include "render/scene/colormap.h"
#include "render/scene/heatmap_value.h"

namespace moe::render {
namespace {

// Where the nearest code may be the other one: this close to the middle between two.
constexpr long double kTie = 1e-12L;

long double root_steps(long double value, long double steps) {
    return std::sqrt(std::min(value, 1.0L)) * steps;
}

bool is_tie(long double place) { return std::abs(place - std::floor(place) - 0.5L) < kTie; }

TEST(MeanCodeTest, IsTheNearestCodeOfTheExactQuotient) {
    Rng rng(1);
    for (int i = 0; i < 200'000; ++i) {
        const UniformLoad uniform{.n_experts = 1 + rng.below(512), .shared_out = 1 + rng.below(16)};
        const std::uint64_t n_cells = 1 + rng.below(std::uint64_t{1} << rng.below(34));
        const std::uint64_t sum = 1 + rng.below(1 + n_cells * ColumnSums::kOne / (1 + rng.below(64)));
        const long double value = static_cast<long double>(sum) * uniform.n_experts /
                                  (static_cast<long double>(ColumnSums::kOne) * n_cells * uniform.shared_out *
                                   static_cast<long double>(kLoadAtWhite));
        const long double place = root_steps(value, 254);
        if (is_tie(place)) continue;
        const int code = code_of_load(sum, n_cells, uniform);
        ASSERT_EQ(code, 1 + std::lround(place)) << sum << " of " << n_cells;
        ASSERT_NEAR(code, code_from_value(static_cast<float>(value)), 1);
    }
}

TEST(MeanCodeTest, IsTheNearestCodeOfTheExactDifference) {
    Rng rng(2);
    for (int i = 0; i < 200'000; ++i) {
        const UniformLoad uniform{.n_experts = 1 + rng.below(512), .shared_out = 1 + rng.below(16)};
        ChoiceCounts counts;
        counts.n_tokens = 1 + rng.below(std::uint64_t{1} << rng.below(20));
        counts.n_run_tokens = counts.n_tokens + rng.below(std::uint64_t{1} << rng.below(20));
        counts.n_columns = 1 + rng.below(64);
        counts.here = rng.below(counts.n_tokens * counts.n_columns + 1);
        counts.of_run = rng.below(counts.n_run_tokens * counts.n_columns + 1);
        const auto mean = [&](std::uint64_t n, std::uint64_t n_tokens) {
            return static_cast<long double>(n) / (static_cast<long double>(n_tokens) * counts.n_columns);
        };
        const long double value =
            (mean(counts.here, counts.n_tokens) - mean(counts.of_run, counts.n_run_tokens)) *
            uniform.n_experts / (uniform.shared_out * static_cast<long double>(kLoadAtWhite));
        const long double place = root_steps(std::abs(value), 127);
        if (is_tie(place)) continue;
        const long step = std::lround(place);
        const int code = code_of_load_difference(counts, uniform);
        ASSERT_EQ(code, value < 0 ? 128 - step : 128 + step) << i;
        ASSERT_NEAR(code, code_from_signed(static_cast<float>(value)), 1);
    }
}

TEST(MeanCodeTest, IsExactWhereTwoCodesAreEquallyNear) {
    // A sixteenth of what is white is 127 half steps: up, as code_from_value has it.
    const UniformLoad uniform{.n_experts = 1, .shared_out = 1};
    EXPECT_EQ(code_of_load(ColumnSums::kOne, 4, uniform), code_from_value(1.0f / 16.0f));
    EXPECT_EQ(code_of_load(ColumnSums::kOne, 4, uniform), 65);
    const ChoiceCounts up{.here = 1, .n_tokens = 64, .of_run = 0, .n_run_tokens = 64, .n_columns = 1};
    const ChoiceCounts down{.here = 0, .n_tokens = 64, .of_run = 1, .n_run_tokens = 64, .n_columns = 1};
    EXPECT_EQ(code_of_load_difference(up, {.n_experts = 64, .shared_out = 4}),
              code_from_signed(1.0f / 16.0f));
    EXPECT_EQ(code_of_load_difference(down, {.n_experts = 64, .shared_out = 4}),
              code_from_signed(-1.0f / 16.0f));
}

}  // namespace
}  // namespace moe::render
