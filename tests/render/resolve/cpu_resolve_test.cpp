#include "render/resolve/cpu_resolve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/rng.h"
#include "tests/render/render_fixture.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

// A resolve without a limit, and the pyramids and threads that a scene would keep for it.
struct TestResolve {
    ThreadPool pool{3};
    CpuResolve cpu{&pool};
    TokenPyramids pyramids;

    void resolve(const TraceSnapshot& trace, const ResolveRequest& request, CodeImage& image) {
        ReadBudget unlimited;
        EXPECT_TRUE(cpu.resolve(trace, request, pyramids, unlimited, image));
    }
};

// A rank counts who was ranked higher; chosen experts have their slot's.
double slow_rank(const TraceSnapshot& trace, std::size_t token, std::size_t layer, std::size_t expert,
                 bool& is_there) {
    const auto chosen = trace.experts(token, layer);
    const auto slot = std::ranges::find(chosen, expert);
    std::vector<float> ranked(trace.shape().n_experts);
    is_there = slot != chosen.end() || trace.selection(token, layer, ranked);
    if (slot != chosen.end()) return static_cast<double>(slot - chosen.begin() + 1);
    double rank = 1.0;
    for (std::size_t e = 0; e < ranked.size(); ++e)
        rank += ranked[e] > ranked[expert] || (ranked[e] == ranked[expert] && e < expert) ? 1.0 : 0.0;
    return rank;
}

// To the nearest on the other side of the cut.
double slow_margin(const TraceSnapshot& trace, std::size_t token, std::size_t layer, std::size_t expert) {
    std::vector<float> ranked(trace.shape().n_experts);
    trace.selection(token, layer, ranked);
    const auto chosen = trace.experts(token, layer);
    const bool is_chosen = std::ranges::find(chosen, expert) != chosen.end();
    std::vector<float> others;
    for (std::size_t e = 0; e < ranked.size(); ++e) {
        if ((std::ranges::find(chosen, e) != chosen.end()) != is_chosen) others.push_back(ranked[e]);
    }
    if (others.empty()) return is_chosen ? 1.0 : -1.0;
    return ranked[expert] - (is_chosen ? std::ranges::max(others) : std::ranges::min(others));
}

double slow_entropy(const TraceSnapshot& trace, std::size_t token, std::size_t layer) {
    std::vector<float> scores(trace.shape().n_experts);
    trace.scores(token, layer, scores);
    double entropy = 0.0;
    for (const float p : scores) {
        if (p > 0.0f) entropy -= static_cast<double>(p) * std::log(static_cast<double>(p));
    }
    return entropy / std::log(static_cast<double>(scores.size()));
}

// What one cell holds, straight from the snapshot.
double cell_value(const TraceSnapshot& trace, HeatmapValue value, std::size_t token, std::size_t column,
                  bool& is_there) {
    const std::size_t layer = column / trace.shape().n_experts;
    const std::size_t expert = column % trace.shape().n_experts;
    is_there = false;
    if (value == HeatmapValue::Rank) {
        const double rank = slow_rank(trace, token, layer, expert, is_there);
        return 1.0 - std::log(rank) / std::log(static_cast<double>(trace.shape().n_experts));
    }
    if (value == HeatmapValue::Entropy) {
        is_there = true;
        return slow_entropy(trace, token, layer);
    }
    if (value == HeatmapValue::Margin) {
        is_there = true;
        return slow_margin(trace, token, layer, expert);
    }
    if (value == HeatmapValue::Score) {
        std::vector<float> scores(trace.shape().n_experts);
        is_there = trace.scores(token, layer, scores);
        return scores[expert];
    }
    const auto experts = trace.experts(token, layer);
    for (std::size_t k = 0; k < experts.size(); ++k) {
        if (experts[k] != expert) continue;
        is_there = true;
        return value != HeatmapValue::AppliedWeight ? 1.0 : trace.weights(token, layer)[k];
    }
    return 0.0;
}

// Chosen cells of some columns over the whole run, as a share of all cells there.
double slow_run_mean(const TraceSnapshot& trace, IndexRange columns) {
    double n_chosen = 0;
    for (std::size_t token = 0; token < trace.n_routed(); ++token) {
        for (std::size_t column = columns.first; column < columns.end; ++column) {
            const auto experts = trace.experts(token, column / trace.shape().n_experts);
            n_chosen += static_cast<double>(std::ranges::count(experts, column % trace.shape().n_experts));
        }
    }
    return n_chosen / (static_cast<double>(trace.n_routed()) * static_cast<double>(columns.size()));
}

// The slow oracle: every pixel asks every cell under it.
std::uint8_t slow_code(const TraceSnapshot& trace, const ResolveRequest& request, IndexRange rows,
                       IndexRange columns) {
    if (rows.is_empty() || columns.is_empty()) return 0;
    std::uint8_t largest = 0;
    std::uint64_t sum = 0;
    for (std::size_t token = rows.first; token < rows.end; ++token) {
        for (std::size_t column = columns.first; column < columns.end; ++column) {
            bool is_there = false;
            const auto value = static_cast<float>(cell_value(trace, request.value, token, column, is_there));
            if (!is_there) continue;
            largest = std::max(largest, request.value == HeatmapValue::Margin ? code_from_signed(value)
                                                                              : code_from_value(value));
            sum += static_cast<std::uint64_t>(std::clamp(value, 0.0f, 1.0f) * 65535.0f + 0.5f);
        }
    }
    if (request.fold == Fold::Max) return largest;
    if (sum == 0 && request.value != HeatmapValue::LoadDifference) return 0;
    const double mean = static_cast<double>(sum) / 65535.0 /
                        (static_cast<double>(rows.size()) * static_cast<double>(columns.size()));
    const double shared_out =
        request.value != HeatmapValue::AppliedWeight && request.value != HeatmapValue::Score
            ? static_cast<double>(trace.shape().top_k)
            : 1.0;
    const double uniform = shared_out / static_cast<double>(trace.shape().n_experts);
    if (request.value == HeatmapValue::LoadDifference) {
        const double of_run = slow_run_mean(trace, columns);
        return code_from_signed(static_cast<float>((mean - of_run) / uniform / kLoadAtWhite));
    }
    return code_from_value(static_cast<float>(mean / uniform / kLoadAtWhite));
}

CodeImage slow_resolve(const TraceSnapshot& trace, const ResolveRequest& request) {
    CodeImage image{.width = static_cast<int>(request.columns.size()),
                    .height = static_cast<int>(request.rows.size()),
                    .codes = {}};
    for (const IndexRange& rows : request.rows) {
        for (const IndexRange& columns : request.columns)
            image.codes.push_back(slow_code(trace, request, rows, columns));
    }
    return image;
}

IndexRange random_range(Rng& rng, std::size_t n, std::size_t longest) {
    const std::size_t first = rng.below(n);
    return {first, std::min(n, first + rng.below(longest + 1))};
}

TEST(CpuResolveTest, AgreesWithTheSlowOracleOnRandomTraces) {
    TestResolve resolve;  // one for all, so that what it keeps is tested too
    for (std::uint64_t seed = 1; seed <= 24; ++seed) {
        Rng rng(seed);
        const TraceShape shape = test::make_shape(1 + rng.below(3), 4 + rng.below(13), 1 + rng.below(4));
        const std::size_t n_tokens = 1 + rng.below(400);
        const TraceSnapshot trace = test::random_trace(seed, shape, n_tokens);
        ResolveRequest request;
        for (const HeatmapValueInfo& info : heatmap_values()) {
            const HeatmapValue value = info.value;
            for (const Fold fold : {Fold::Max, Fold::Mean}) {
                if (shown_fold(value, fold) != fold) continue;
                request = {.value = value, .fold = fold, .rows = {}, .columns = {}};
                for (int i = 0; i < 6; ++i) request.rows.push_back(random_range(rng, n_tokens, 200));
                for (int i = 0; i < 9; ++i)
                    request.columns.push_back(random_range(rng, shape.n_layers * shape.n_experts, 6));
                CodeImage image;
                resolve.resolve(trace, request, image);
                ASSERT_EQ(image, slow_resolve(trace, request)) << "seed " << seed;
            }
        }
    }
}

TEST(CpuResolveTest, AgreesWithTheSlowOracleOnWholePictures) {
    for (const TokenAxis& axis : {TokenAxis{.offset_pixels = 7, .row_pixels = 3, .row_tokens = 1},
                                  TokenAxis{.offset_pixels = 0, .row_pixels = 1, .row_tokens = 2}}) {
        FrameInput input = test::synthetic_frame({.n_layers = 2, .n_experts = 8, .n_tokens = 90}, 300, 300);
        input.view.tokens = axis;
        const PanelLayout layout = panel_layout(input);
        TestResolve resolve;
        CodeImage image;
        resolve.resolve(input.trace, heatmap_request(input, layout), image);
        EXPECT_EQ(image, slow_resolve(input.trace, heatmap_request(input, layout)));
    }
}

// One layer of four experts, so that the oracle has time for the coarsest sums.
TEST(CpuResolveTest, AgreesWithTheSlowOracleOverCoarseSums) {
    const TraceSnapshot trace = test::random_trace(5, test::make_shape(1, 4, 1), 70'000);
    TestResolve resolve;
    for (const Fold fold : {Fold::Max, Fold::Mean}) {
        ResolveRequest request{.value = HeatmapValue::AppliedWeight,
                               .fold = fold,
                               .rows = {},
                               .columns = {{0, 1}, {1, 4}},
                               .arrangement = {}};
        request.rows = {{0, 70'000}, {0, 65'536},    {63, 69'999},
                        {256, 1280}, {4096, 20'480}, {65'536, 65'600}};
        CodeImage image;
        resolve.resolve(trace, request, image);
        EXPECT_EQ(image, slow_resolve(trace, request));
    }
}

TEST(CpuResolveTest, GivesTheSameWhereverItPannedBefore) {
    const TraceSnapshot trace = test::random_trace(6, test::make_shape(2, 8, 2), 900);
    TestResolve resolve;
    Rng rng(6);
    for (int i = 0; i < 40; ++i) {
        ResolveRequest request{.value = HeatmapValue::AppliedWeight,
                               .fold = Fold::Max,
                               .rows = {},
                               .columns = {{0, 3}, {5, 6}},
                               .arrangement = {}};
        const std::size_t first = 3 * rng.below(200);
        for (std::size_t y = 0; y < 50; ++y) request.rows.push_back({first + 3 * y, first + 3 * y + 3});
        if (i % 4 == 3) request.columns[1] = {5, 9};
        CodeImage image;
        resolve.resolve(trace, request, image);
        ASSERT_EQ(image, slow_resolve(trace, request)) << i;
    }
}

TEST(CpuResolveTest, FillsInAsTheBudgetAllowsAndEndsWithTheWholePicture) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    const TraceSnapshot trace = test::random_trace(7, shape, 1000);
    ResolveRequest request{.value = HeatmapValue::AppliedWeight,
                           .fold = Fold::Max,
                           .rows = {},
                           .columns = {{0, 16}},
                           .arrangement = {}};
    for (std::size_t first = 0; first < 1000; first += 250) request.rows.push_back({first, first + 250});
    const CodeImage whole = slow_resolve(trace, request);
    TestResolve resolve;
    CodeImage image;
    int n_calls = 1;
    for (ReadBudget budget{1}; !resolve.cpu.resolve(trace, request, resolve.pyramids, budget, image);
         budget = {1}, ++n_calls) {
        ASSERT_LE(n_calls, 16) << "a chunk a call";
        for (std::size_t y = 0; y < image.codes.size(); ++y)
            EXPECT_TRUE(image.codes[y] == 0 || image.codes[y] == whole.codes[y]);
    }
    EXPECT_EQ(image, whole);
    EXPECT_GT(n_calls, 4);
}

TEST(CpuResolveTest, LeavesAHairlineBetweenCellsFromFivePixels) {
    FrameInput input = test::synthetic_frame({.n_tokens = 20}, 980, 738);
    input.view.tokens.row_pixels = 5;
    const PanelLayout layout = panel_layout(input);
    const ResolveRequest request = heatmap_request(input, layout);
    EXPECT_FALSE(request.rows[3].is_empty());
    EXPECT_TRUE(request.rows[4].is_empty());
    EXPECT_TRUE(request.columns[7].is_empty());
    input.view.tokens.row_pixels = 3;
    EXPECT_FALSE(heatmap_request(input, panel_layout(input)).rows[2].is_empty());
}

TEST(CpuResolveTest, FollowsARunThatGrows) {
    const TraceShape shape = test::make_shape(2, 8, 2);
    TraceStore store(shape, TraceGating::Softmax);
    TestResolve resolve;
    std::size_t n = 0;
    for (const std::size_t step : {1u, 5u, 58u, 1u, 63u, 64u, 10u}) {
        store.append_tokens(test::random_tokens(1, n, step, 0));
        store.append_chunk(std::make_shared<const TraceChunk>(test::random_chunk(1, shape, n, step)));
        n += step;
        const TraceSnapshot trace = store.snapshot();
        ResolveRequest request{.value = HeatmapValue::AppliedWeight,
                               .fold = Fold::Mean,
                               .rows = {},
                               .columns = {{0, 1}, {3, 9}}};
        for (std::size_t first = 0; first < n; first += 64)
            request.rows.push_back({first, std::min(n, first + 64)});
        CodeImage image;
        resolve.resolve(trace, request, image);
        EXPECT_EQ(image, slow_resolve(trace, request)) << n << " tokens";
    }
}

TEST(CpuResolveTest, ShowsChoicesWhereWeightsAreMissing) {
    const FrameInput input = test::synthetic_frame({.n_tokens = 10, .has_weights = false}, 980, 738);
    const ResolveRequest request = heatmap_request(input, panel_layout(input));
    EXPECT_EQ(request.value, HeatmapValue::Selected);
    EXPECT_EQ(cell_meaning(request), CellMeaning::Chosen);
    TestResolve resolve;
    CodeImage image;
    resolve.resolve(input.trace, request, image);
    EXPECT_EQ(image, slow_resolve(input.trace, request));
}

TEST(CpuResolveTest, DrawsNothingOfNothing) {
    TestResolve resolve;
    CodeImage image;
    const ResolveRequest request{
        .value = HeatmapValue::Score, .fold = Fold::Max, .rows = {{}, {}}, .columns = {{0, 1}}};
    resolve.resolve(TraceSnapshot{}, request, image);
    EXPECT_EQ(image.codes, (std::vector<std::uint8_t>{0, 0}));
}

}  // namespace
}  // namespace moe::render
