#include "engine/trace/layer_number.h"

#include <gtest/gtest.h>

namespace moe {
namespace {

TEST(LayerNumberTest, IsTheModelsBlockAndLeadsBackToTheAxis) {
    const TraceShape shape{.n_layers = 3, .n_experts = 8, .top_k = 2, .layer_ids = {1, 3, 4}};
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer)
        EXPECT_EQ(layer_with_number(shape, layer_number(shape, layer)), layer);
    EXPECT_EQ(layer_number(shape, 1), 3u);
    EXPECT_EQ(layer_with_number(shape, 0), std::nullopt);
    EXPECT_EQ(layer_with_number(shape, 2), std::nullopt);
    EXPECT_EQ(layer_with_number(shape, 1'000'000'000'000), std::nullopt);
}

TEST(LayerNumberTest, CountsFromZeroWhereNoBlocksAreNamed) {
    const TraceShape shape{.n_layers = 2, .n_experts = 8, .top_k = 2, .layer_ids = {}};
    EXPECT_EQ(layer_number(shape, 1), 1u);
    EXPECT_EQ(layer_with_number(shape, 1), 1u);
    EXPECT_EQ(layer_with_number(shape, 2), std::nullopt);
}

}  // namespace
}  // namespace moe
