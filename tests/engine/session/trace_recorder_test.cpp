#include "engine/session/trace_recorder.h"

#include <gtest/gtest.h>

#include "engine/base/matrix.h"

namespace moe {
namespace {

const TraceShape kShape{.n_layers = 2, .n_experts = 4, .top_k = 2, .layer_ids = {1, 3}};

/// What a layer would report about tokens [first, first + n): numbers that name their place.
struct LayerReport {
    LayerReport(std::size_t first, std::size_t n, std::size_t layer_index)
        : first_token(first),
          layer(layer_index),
          logits(n, 4),
          scores(n, 4),
          experts(n, 2),
          weights(n, 2),
          norms(n, 3) {
        for (std::size_t row = 0; row < n; ++row) {
            for (std::size_t expert = 0; expert < 4; ++expert) {
                logits.row(row)[expert] = value(first + row, expert);
                scores.row(row)[expert] = value(first + row, expert) / 2;
            }
            for (std::size_t slot = 0; slot < 2; ++slot) {
                experts.row(row)[slot] = static_cast<std::uint16_t>((first + row + layer + slot) % 4);
                weights.row(row)[slot] = value(first + row, slot) + 0.5f;
            }
            for (std::size_t branch = 0; branch < 3; ++branch)
                norms.row(row)[branch] = -value(first + row, branch);
        }
    }
    float value(std::size_t position, std::size_t column) const {
        return static_cast<float>(position * 100 + layer * 10 + column);
    }
    RoutingEvent event(bool with_selection) const {
        RoutingEvent event;
        event.first_token = first_token;
        event.layer = layer;
        event.router_logits = logits.view();
        event.scores = scores.view();
        if (with_selection) event.selection = scores.view();
        event.experts = experts.view();
        event.weights = weights.view();
        event.branch_norm = norms.view();
        return event;
    }

    std::size_t first_token, layer;
    Matrix<float> logits, scores;
    Matrix<std::uint16_t> experts;
    Matrix<float> weights, norms;
};

void report(TraceRecorder& recorder, std::size_t first, std::size_t n, bool with_selection = false) {
    for (std::size_t layer = 0; layer < 2; ++layer)
        recorder.on_routing(LayerReport(first, n, layer).event(with_selection));
}

TEST(TraceRecorderTest, KeepsEveryNumberAtItsPlace) {
    TraceRecorder recorder(kShape);
    recorder.begin(60, 10);
    report(recorder, 60, 10);
    const auto chunks = recorder.finish();
    ASSERT_EQ(chunks.size(), 2u);
    for (const auto& chunk : chunks) {
        ASSERT_TRUE(fits(*chunk, kShape));
        for (std::size_t token = 0; token < chunk->n_tokens; ++token) {
            for (std::size_t layer = 0; layer < 2; ++layer) {
                const std::size_t position = chunk->first_token + token;
                const LayerReport expected(position, 1, layer);
                const std::size_t row = token * 2 + layer;
                for (std::size_t slot = 0; slot < 2; ++slot) {
                    EXPECT_EQ(chunk->experts[row * 2 + slot], expected.experts.row(0)[slot]);
                    EXPECT_EQ(chunk->weights[row * 2 + slot], expected.weights.row(0)[slot]);
                }
                for (std::size_t expert = 0; expert < 4; ++expert) {
                    EXPECT_EQ(chunk->router_logits[row * 4 + expert], expected.logits.row(0)[expert]);
                }
                for (std::size_t branch = 0; branch < 3; ++branch) {
                    EXPECT_EQ(chunk->branch_norm[row * 3 + branch], expected.norms.row(0)[branch]);
                }
            }
        }
    }
}

TEST(TraceRecorderTest, EndsChunksAtMultiplesOfTheChunkSize) {
    TraceRecorder recorder(kShape);
    recorder.begin(60, 200);
    report(recorder, 60, 200);
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (const auto& chunk : recorder.finish()) ranges.push_back({chunk->first_token, chunk->end_token()});
    const std::vector<std::pair<std::size_t, std::size_t>> expected = {
        {60, 64}, {64, 128}, {128, 192}, {192, 256}, {256, 260}};
    EXPECT_EQ(ranges, expected);
}

TEST(TraceRecorderTest, GathersAPassThatReportsItsTokensInParts) {
    TraceRecorder whole(kShape), parts(kShape);
    whole.begin(5, 7);
    report(whole, 5, 7);
    parts.begin(5, 7);
    report(parts, 5, 3);
    report(parts, 8, 4);
    const auto a = whole.finish(), b = parts.finish();
    ASSERT_EQ(a.size(), 1u);
    ASSERT_EQ(b.size(), 1u);
    EXPECT_EQ(a[0]->router_logits, b[0]->router_logits);
    EXPECT_EQ(a[0]->experts, b[0]->experts);
}

TEST(TraceRecorderTest, KeepsASelectionOnlyWhereTheModelHasOne) {
    TraceRecorder recorder(kShape);
    recorder.begin(0, 2);
    report(recorder, 0, 2);
    EXPECT_TRUE(recorder.finish()[0]->selection.empty());
    recorder.begin(2, 2);
    report(recorder, 2, 2, /*with_selection=*/true);
    const auto chunks = recorder.finish();
    ASSERT_EQ(chunks[0]->selection.size(), 2u * 2 * 4);
    EXPECT_EQ(chunks[0]->selection[5], chunks[0]->router_logits[5] / 2);
    EXPECT_TRUE(chunks[0]->scores.empty());
}

TEST(TraceRecorderTest, ForgetsAPassThatFailedWhenTheNextBegins) {
    TraceRecorder recorder(kShape);
    recorder.begin(0, 64);
    recorder.on_routing(LayerReport(0, 64, 0).event(false));
    recorder.begin(0, 1);
    report(recorder, 0, 1);
    EXPECT_EQ(recorder.finish()[0]->n_tokens, 1u);
}

TEST(TraceRecorderTest, LeavesSlotsThatATokenDidNotUseEmpty) {
    TraceShape wide = kShape;
    wide.top_k = 3;
    TraceRecorder recorder(wide);
    recorder.begin(0, 1);
    report(recorder, 0, 1);
    const auto chunks = recorder.finish();
    EXPECT_EQ(chunks[0]->experts[2], kNoExpert);
    EXPECT_EQ(chunks[0]->experts[5], kNoExpert);
}

TEST(TraceShapeTest, CountsTheRoutedLayersOfAModel) {
    ModelSpec spec;
    spec.layers.resize(4);
    EXPECT_EQ(trace_shape_of(spec), TraceShape{});
    const MoeSpec routed{.n_experts = 4, .top_k = 2, .gating = Gating::Sigmoid};
    spec.layers[1].moe = routed;
    spec.layers[3].moe = routed;
    EXPECT_EQ(trace_shape_of(spec), kShape);
    EXPECT_EQ(trace_gating_of(spec), TraceGating::Sigmoid);
}

}  // namespace
}  // namespace moe
