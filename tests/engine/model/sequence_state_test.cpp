#include "engine/model/sequence_state.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace moe {
namespace {

ModelSpec two_layers() {
    LayerSpec layer;
    layer.attention.n_heads = 4;
    layer.attention.n_kv_heads = 2;
    layer.attention.d_head = 8;
    layer.attention.d_value = 6;
    ModelSpec spec;
    spec.layers.assign(2, layer);
    return spec;
}

constexpr std::size_t kBytesPerToken = 2 * 2 * (8 + 6) * sizeof(float);

/// Fills positions up to `n_tokens` with numbers that tell layer, position and column.
void fill(SequenceState& state, std::size_t n_tokens, float offset) {
    for (std::size_t layer = 0; layer < 2; ++layer) {
        for (std::size_t position = state.n_tokens(); position < n_tokens; ++position) {
            std::ranges::fill(state.keys(layer).row(position),
                              offset + static_cast<float>(100 * layer + position));
            std::ranges::fill(state.values(layer).row(position),
                              offset - static_cast<float>(100 * layer + position));
        }
    }
    state.advance(n_tokens - state.n_tokens());
}

TEST(SequenceStateTest, CountsItsBytes) { EXPECT_EQ(kv_bytes_per_token(two_layers()), kBytesPerToken); }

TEST(SequenceStateTest, StartsEmptyWithRoomForEveryPosition) {
    SequenceState state = SequenceState::create(two_layers(), 100).value();
    EXPECT_EQ(state.n_tokens(), 0u);
    EXPECT_EQ(state.n_ctx(), 100u);
    EXPECT_EQ(state.keys(1).rows, 100u);
    EXPECT_EQ(state.keys(1).cols, 16u);
    EXPECT_EQ(state.values(1).cols, 12u);
}

TEST(SequenceStateTest, UntouchedPositionsCostNoMemory) {
    // Twice what there is, if it were touched.
    const std::size_t half = n_ctx_that_fits(two_layers()) / 2;
    std::vector<SequenceState> states;
    for (int i = 0; i < 4; ++i) {
        Result<SequenceState> state = SequenceState::create(two_layers(), half);
        ASSERT_TRUE(state) << state.error().message;
        states.push_back(std::move(*state));
    }
}

TEST(SequenceStateTest, PromisesNoMoreThanThereIs) {
    const std::size_t too_many = 4 * n_ctx_that_fits(two_layers());
    const Result<SequenceState> state = SequenceState::create(two_layers(), too_many);
    ASSERT_FALSE(state);
    const std::string& message = state.error().message;
    EXPECT_NE(message.find(std::to_string(too_many) + " tokens"), std::string::npos) << message;
    EXPECT_NE(
        message.find(fmt::format("needs {:.1f} GB", static_cast<double>(too_many * kBytesPerToken) * 1e-9)),
        std::string::npos)
        << message;
    EXPECT_NE(message.find("ask for at most"), std::string::npos) << message;
}

TEST(SequenceStateTest, RefusesSizesThatNoMachineHas) {
    for (const std::size_t n_ctx : {std::size_t{0}, std::size_t{1} << 62, ~std::size_t{0}}) {
        const Result<SequenceState> state = SequenceState::create(two_layers(), n_ctx);
        ASSERT_FALSE(state) << n_ctx;
        EXPECT_NE(state.error().message.find(std::to_string(n_ctx)), std::string::npos);
    }
}

TEST(SequenceStateTest, ASnapshotBringsBackWhatWasCutAndOverwritten) {
    SequenceState state = SequenceState::create(two_layers(), 10).value();
    fill(state, 5, 0.0f);
    const SequenceState::Snapshot snapshot = state.snapshot();
    state.cut(2);
    fill(state, 8, 1000.0f);
    EXPECT_EQ(state.n_tokens(), 8u);
    state.restore(snapshot);
    EXPECT_EQ(state.n_tokens(), 5u);
    for (std::size_t position = 0; position < 5; ++position) {
        EXPECT_EQ(state.keys(1).row(position)[15], static_cast<float>(100 + position));
        EXPECT_EQ(state.values(1).row(position)[11], -static_cast<float>(100 + position));
    }
}

TEST(SequenceStateTest, KeepsItsMemoryWhenMoved) {
    SequenceState state = SequenceState::create(two_layers(), 10).value();
    fill(state, 3, 0.0f);
    SequenceState moved = std::move(state);
    EXPECT_EQ(moved.n_tokens(), 3u);
    EXPECT_EQ(moved.keys(0).row(2)[0], 2.0f);
}

}  // namespace
}  // namespace moe
