#include "render/resolve/hidden_spikes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "render/frame_scene.h"
#include "render/vulkan_renderer.h"
#include "tests/render/image_compare.h"
#include "tests/render/render_fixture.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

FrameInput spiky_frame(Fold fold, std::int64_t row_tokens, std::int64_t offset = 0) {
    FrameInput input = test::synthetic_frame({}, 1000, 500);
    input.trace = test::spiky_trace(3, test::make_shape(3, 24, 4), 6000);
    input.view.tokens = {.offset_pixels = offset, .row_pixels = 1, .row_tokens = row_tokens};
    input.view.fold = fold;
    return input;
}

// The definition in full, every cell of a pixel asked: mean and maximum in floating point, then their codes.
bool slow_hides(const TraceSnapshot& trace, bool is_count, IndexRange tokens, IndexRange columns) {
    const auto k = static_cast<double>(trace.shape().top_k);
    double sum = 0;
    float largest = 0;
    for (std::size_t token = tokens.first; token < tokens.end; ++token) {
        for (std::size_t column = columns.first; column < columns.end; ++column) {
            const auto experts = trace.experts(token, column / trace.shape().n_experts);
            const auto weights = trace.weights(token, column / trace.shape().n_experts);
            for (std::size_t slot = 0; slot < experts.size(); ++slot) {
                if (experts[slot] != column % trace.shape().n_experts) continue;
                sum += is_count ? 1.0 : static_cast<double>(weights[slot]);
                largest = std::max(largest, weights[slot]);
            }
        }
    }
    const double uniform = (is_count ? k : 1.0) / static_cast<double>(trace.shape().n_experts);
    const double mean = sum / static_cast<double>(tokens.size() * columns.size());
    const int shown = code_from_value(static_cast<float>(mean / uniform / kLoadAtWhite));
    const int hidden = code_from_value(largest);
    return sum > 0 && hidden >= code_from_value(static_cast<float>(8.0 / (8.0 + k - 1.0))) &&
           hidden - shown >= 32;
}

// Pixels one by one; a cell counts at its first pixel.
std::vector<std::pair<std::size_t, std::size_t>> slow_spikes(const TraceSnapshot& trace, bool is_count,
                                                             const ResolveRequest& request) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t y = 0; y < request.rows.size(); ++y) {
        if (request.rows[y].is_empty()) continue;
        if (y > 0 && request.rows[y] == request.rows[y - 1]) continue;
        for (std::size_t x = 0; x < request.columns.size(); ++x) {
            const IndexRange columns = request.columns[x];
            if (columns.is_empty() || (x > 0 && columns == request.columns[x - 1])) continue;
            if (slow_hides(trace, is_count, request.rows[y], columns)) found.emplace_back(y, x);
        }
    }
    return found;
}

TEST(HiddenSpikesTest, AreWhatTheDefinitionSaysOfEveryCell) {
    for (const Fold fold : {Fold::Mean, Fold::Count}) {
        for (const std::int64_t row_tokens : {2, 16, 64, 96}) {
            const FrameInput input = spiky_frame(fold, row_tokens);
            const PanelLayout layout = panel_layout(input);
            const ResolveRequest request = heatmap_request(input, layout);
            const auto value = value_of_spikes(input, layout, request);
            ASSERT_EQ(value, HeatmapValue::AppliedWeight);
            SpikeFinder finder(nullptr);
            TokenPyramids pyramids;
            ReadBudget budget;
            ASSERT_TRUE(finder.find(input.trace, request, *value, {}, pyramids, budget));
            std::vector<std::pair<std::size_t, std::size_t>> found;
            for (const SpikePixel& pixel : finder.found()) found.emplace_back(pixel.y, pixel.x);
            const auto expected = slow_spikes(input.trace, fold == Fold::Count, request);
            EXPECT_EQ(expected.empty(), row_tokens == 2) << "one of two tokens makes a mean bright";
            EXPECT_EQ(found, expected) << row_tokens;
        }
    }
}

TEST(HiddenSpikesTest, AreNotLookedForWhereNothingIsHidden) {
    const auto n_found = [](const FrameInput& input) {
        SceneBuilder builder;
        return builder.build(input).report.n_hidden_spikes;
    };
    EXPECT_GT(n_found(spiky_frame(Fold::Mean, 32)), 0u);
    EXPECT_EQ(n_found(spiky_frame(Fold::Max, 32)), 0u);
    EXPECT_EQ(n_found(spiky_frame(Fold::Mean, 1)), 0u);
    FrameInput input = spiky_frame(Fold::Count, 32);
    input.view.value = HeatmapValue::Selected;
    EXPECT_EQ(n_found(input), 0u) << "a choice is no spike";
    input.view.value = HeatmapValue::LoadDifference;
    EXPECT_EQ(n_found(input), 0u);
    EXPECT_FALSE(least_spike_code(HeatmapValue::AppliedWeight, 1)) << "one expert has all of its token";
}

TEST(HiddenSpikesTest, ComeWithTheFramesWhereTheBudgetIsSmall) {
    FrameInput input = spiky_frame(Fold::Mean, 64);
    SceneBuilder whole;
    const FrameReport expected = whole.build(input).report;
    ASSERT_FALSE(expected.wants_more);
    EXPECT_FALSE(expected.run_spikes.empty());
    input.most_values_read = 2000;
    SceneBuilder builder;
    std::size_t n_before = 0;
    int n_frames = 1;
    for (; builder.build(input).report.wants_more; ++n_frames) {
        ASSERT_LE(n_frames, 1000);
        EXPECT_GE(builder.report().n_hidden_spikes, n_before);
        EXPECT_LE(builder.report().n_hidden_spikes, expected.n_hidden_spikes) << "none is made up";
        n_before = builder.report().n_hidden_spikes;
    }
    EXPECT_GT(n_frames, 2);
    EXPECT_EQ(builder.report(), expected);
}

TEST(HiddenSpikesTest, StayWhereTheyAreWhenTheViewPans) {
    SceneBuilder builder;
    const auto inner = [&](std::int64_t offset) {
        std::vector<HiddenSpike> spikes = builder.build(spiky_frame(Fold::Mean, 16, offset)).report.spikes;
        std::erase_if(spikes, [](const HiddenSpike& spike) {  // groups at the edges are cut
            return spike.tokens.first < 2200 || spike.tokens.first > 4000;
        });
        return spikes;
    };
    const std::vector<HiddenSpike> before = inner(0);
    EXPECT_FALSE(before.empty());
    EXPECT_EQ(inner(37), before);
    EXPECT_EQ(inner(101), before);
}

TEST(HiddenSpikesTest, AreTheSameWithTheMeansOnTheDevice) {
    Result<std::unique_ptr<VulkanRenderer>> gpu =
        VulkanRenderer::create({.validation = true, .device_name = {}, .resolve = ResolveOn::Gpu});
    if (!gpu) GTEST_SKIP() << gpu.error().message;
    const FrameInput input = spiky_frame(Fold::Mean, 32);
    const std::unique_ptr<Renderer> software = create_software_renderer();
    RgbaImage expected;
    RgbaImage drawn;
    ASSERT_TRUE(software->render(input, expected));
    ASSERT_TRUE((*gpu)->render(input, drawn));
    EXPECT_LE(test::difference(expected, drawn).largest, 3) << "blended edges are rounded differently";
    EXPECT_GT(software->report().n_hidden_spikes, 0u);
    EXPECT_EQ((*gpu)->report(), software->report());
}

TEST(HiddenSpikesTest, TheStrongestCellIsTheOneThatWasHidden) {
    const FrameInput input = spiky_frame(Fold::Mean, 16);
    SceneBuilder builder;
    const FrameReport& report = builder.build(input).report;
    ASSERT_FALSE(report.spikes.empty());
    for (const HiddenSpike& spike : report.spikes) {
        const CellRef cell = strongest_cell(input.trace, HeatmapValue::AppliedWeight, spike, nullptr);
        ASSERT_TRUE(cell.token && cell.layer && cell.expert);
        EXPECT_TRUE(spike.tokens.first <= *cell.token && *cell.token < spike.tokens.end);
        const std::size_t column = *cell.layer * 24 + *cell.expert;
        EXPECT_TRUE(spike.columns.first <= column && column < spike.columns.end);
        const auto experts = input.trace.experts(*cell.token, *cell.layer);
        const auto slot = std::ranges::find(experts, *cell.expert) - experts.begin();
        const float weight = input.trace.weights(*cell.token, *cell.layer)[static_cast<std::size_t>(slot)];
        EXPECT_EQ(code_from_value(weight), spike.max_code);
    }
}

}  // namespace
}  // namespace moe::render
