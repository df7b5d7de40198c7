#include "engine/model/forward.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include "engine/families/load_model.h"
#include "tests/support/paths.h"
#include "tests/support/reference_file.h"
#include "tests/support/routing_log.h"

// How a pass treats its state, its caller and a damaged model. Here and not in model/, since a model is
// what families/ load.

namespace moe {
namespace {

using testing::HasSubstr;

const std::vector<TokenId> kTokens{5, 400, 17, 17, 230, 0, 511, 8, 99, 340};

std::string golden_bytes() {
    std::ifstream stream(test::test_file("golden/families/qwen2moe-f16.gguf"), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::shared_ptr<const Model> model_of(const std::string& bytes) {
    auto file = GgufReader::from_bytes(std::as_bytes(std::span(bytes)), "golden");
    return load_model(std::move(file).value(), "golden").value();
}

class ForwardTest : public testing::Test {
  protected:
    Result<void> run(std::span<const TokenId> tokens, RoutingObserver* observer = nullptr,
                     std::stop_token stop = {}) {
        return forward(*model, state, tokens, LogitsOf::LastToken, observer, pool, std::move(stop), logits);
    }
    std::vector<float> logits_after(std::span<const TokenId> tokens) {
        const Result<void> done = run(tokens);
        EXPECT_TRUE(done) << done.error().message;
        return {logits.values().begin(), logits.values().end()};
    }
    std::span<const TokenId> first(std::size_t n) const { return std::span(kTokens).first(n); }

    std::string bytes = golden_bytes();
    std::shared_ptr<const Model> model = model_of(bytes);
    SequenceState state = SequenceState::create(model->spec, 16).value();
    ThreadPool pool{2};
    Matrix<float> logits;
};

TEST_F(ForwardTest, RotatesByTheFactorsOfTheRoomThatThereIs) {
    const auto other = std::const_pointer_cast<Model>(model_of(bytes));
    Model& scaled = *other;
    const std::vector<float> half(scaled.spec.layers[0].attention.n_rope_dims / 2, 2.0f);
    scaled.weights.long_rope_factors = half;
    for (LayerSpec& layer : scaled.spec.layers) layer.attention.rope_scaling.original_context = 16;
    const auto logits_with_room = [&](const Model& of, std::size_t n_ctx) {
        SequenceState room = SequenceState::create(of.spec, n_ctx).value();
        forward(of, room, kTokens, LogitsOf::LastToken, nullptr, pool, {}, logits).value();
        return std::vector<float>(logits.values().begin(), logits.values().end());
    };
    const std::vector<float> plain = logits_with_room(*model, 16);
    EXPECT_EQ(logits_with_room(scaled, 16), plain);
    EXPECT_NE(logits_with_room(scaled, 17), plain);
    scaled.weights.rope_factors = half;
    scaled.weights.long_rope_factors = {};
    EXPECT_EQ(logits_with_room(scaled, 16), logits_with_room(scaled, 17));
    EXPECT_NE(logits_with_room(scaled, 17), plain);
}

// Llama 4: 1 + 0.1 log(1 + floor((position + 1) / step)), which queries of the last layer alone show, since
// it changes nothing that is kept.
TEST_F(ForwardTest, ScalesQueriesByTheStepsThatThePositionIsBeyond) {
    const auto warm = std::const_pointer_cast<Model>(model_of(bytes));
    warm->spec.layers.back().attention.temperature_step = 3;
    for (std::size_t position = 0; position < kTokens.size(); ++position) {
        const double n_steps = static_cast<double>((position + 1) / 3);
        const auto scaled = std::const_pointer_cast<Model>(model_of(bytes));
        scaled->spec.layers.back().attention.score_scale *=
            static_cast<float>(1.0 + 0.1 * std::log1p(n_steps));
        const auto logits_of = [&](const Model& of) {
            SequenceState room = SequenceState::create(of.spec, 16).value();
            forward(of, room, first(position + 1), LogitsOf::LastToken, nullptr, pool, {}, logits).value();
            return std::vector<float>(logits.values().begin(), logits.values().end());
        };
        EXPECT_LE(test::normalized_squared_error(logits_of(*warm), logits_of(*scaled)), 1e-9) << position;
        EXPECT_EQ(logits_of(*warm) == logits_of(*model), n_steps == 0.0) << position;
    }
}

TEST_F(ForwardTest, GivesTheLastTokensLogitsAloneOrWithAll) {
    const std::vector<float> last = logits_after(kTokens);
    EXPECT_EQ(logits.rows(), 1u);
    state.cut(0);
    ASSERT_TRUE(forward(*model, state, kTokens, LogitsOf::EveryToken, nullptr, pool, {}, logits));
    ASSERT_EQ(logits.rows(), kTokens.size());
    for (std::size_t i = 0; i < last.size(); ++i)
        EXPECT_NEAR(logits.row(kTokens.size() - 1)[i], last[i], 1e-5f);
}

TEST_F(ForwardTest, RepeatsItselfAfterACut) {
    logits_after(first(4));
    const std::vector<float> once = logits_after(std::span(kTokens).subspan(4));
    state.cut(4);
    EXPECT_EQ(logits_after(std::span(kTokens).subspan(4)), once);
}

TEST_F(ForwardTest, RepeatsItselfFromASnapshot) {
    logits_after(first(4));
    const SequenceState::Snapshot snapshot = state.snapshot();
    const std::vector<float> once = logits_after(std::span(kTokens).subspan(4));
    state.cut(0);
    logits_after(std::vector<TokenId>{1, 2, 3, 4, 5, 6});
    state.restore(snapshot);
    EXPECT_EQ(logits_after(std::span(kTokens).subspan(4)), once);
}

TEST_F(ForwardTest, GivesTheSameBitsOnOneThread) {
    const std::vector<float> two = logits_after(kTokens);
    state.cut(0);
    ThreadPool one(1);
    ASSERT_TRUE(forward(*model, state, kTokens, LogitsOf::LastToken, nullptr, one, {}, logits));
    EXPECT_TRUE(std::ranges::equal(logits.values(), two));
}

TEST_F(ForwardTest, ReportsBranchNormsOfRoutedAndSharedExperts) {
    test::RoutingLog log;
    ASSERT_TRUE(run(kTokens, &log));
    ASSERT_EQ(log.layers.size(), 2u);
    ASSERT_EQ(log.layers[1].branch_norm.size(), 3 * kTokens.size());
    for (std::size_t token = 0; token < kTokens.size(); ++token) {
        EXPECT_GT(log.layers[1].branch_norm[3 * token], 0.0f);
        EXPECT_GT(log.layers[1].branch_norm[3 * token + 1], 0.0f);
        EXPECT_EQ(log.layers[1].branch_norm[3 * token + 2], 0.0f);
    }
}

TEST_F(ForwardTest, LeavesTheStateAsItWasWhenCancelled) {
    logits_after(first(4));
    std::stop_source source;
    source.request_stop();
    const Result<void> stopped = run(std::span(kTokens).subspan(4), nullptr, source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_TRUE(stopped.error().cancelled);
    EXPECT_EQ(state.n_tokens(), 4u);
    const std::vector<float> later = logits_after(std::span(kTokens).subspan(4));
    state.cut(0);
    logits_after(first(4));
    EXPECT_EQ(logits_after(std::span(kTokens).subspan(4)), later);
}

/// Asks to stop as soon as the first layer reports.
class StopAtFirstLayer : public RoutingObserver {
  public:
    void on_routing(const RoutingEvent& event) override {
        ++n_events;
        EXPECT_EQ(event.layer, 0u);
        source.request_stop();
    }
    std::stop_source source;
    std::size_t n_events = 0;
};

TEST_F(ForwardTest, StopsBetweenLayers) {
    StopAtFirstLayer observer;
    const Result<void> stopped = run(kTokens, &observer, observer.source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_TRUE(stopped.error().cancelled);
    EXPECT_EQ(observer.n_events, 1u);
    EXPECT_EQ(state.n_tokens(), 0u);
}

TEST_F(ForwardTest, NamesThePositionBeyondTheContext) {
    logits_after(kTokens);
    const Result<void> too_long = run(kTokens);
    ASSERT_FALSE(too_long);
    EXPECT_THAT(too_long.error().message, HasSubstr("position 19"));
    EXPECT_THAT(too_long.error().message, HasSubstr("16 tokens"));
    EXPECT_EQ(state.n_tokens(), kTokens.size());
}

TEST_F(ForwardTest, RefusesTokensOutsideTheVocabulary) {
    for (const TokenId token : {-1, 512, std::numeric_limits<TokenId>::max()}) {
        const Result<void> refused = run(std::vector<TokenId>{1, token});
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(token)));
    }
    EXPECT_FALSE(run({}));
}

TEST_F(ForwardTest, NamesTheFirstLayerThatBreaks) {
    const GgufTensor* const norm = model->file.find_tensor("blk.1.ffn_norm.weight");
    ASSERT_NE(norm, nullptr);
    const auto offset =
        static_cast<std::size_t>(reinterpret_cast<const char*>(norm->bytes.data()) - bytes.data());
    std::string damaged = bytes;
    const float broken = NAN;
    std::memcpy(damaged.data() + offset, &broken, sizeof broken);
    model = model_of(damaged);
    const Result<void> done = run(kTokens);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, HasSubstr("layer 1"));
    EXPECT_FALSE(done.error().cancelled);
    EXPECT_EQ(state.n_tokens(), 0u);
}

}  // namespace
}  // namespace moe
