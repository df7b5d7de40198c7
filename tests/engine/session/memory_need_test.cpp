#include "engine/session/memory_need.h"

#include <gtest/gtest.h>

namespace moe {
namespace {

constexpr std::size_t kBytesPerToken = 2 * (16 + 16) * sizeof(float);

/// Two layers with keys and values of 16 floats a token, made for 1,000 tokens.
ModelSpec small_spec() {
    ModelSpec spec;
    spec.n_ctx = 1000;
    spec.layers.resize(2);
    for (LayerSpec& layer : spec.layers) {
        layer.attention.n_kv_heads = 1;
        layer.attention.d_head = layer.attention.d_value = 16;
    }
    return spec;
}

TEST(MemoryNeedTest, CountsKeysAndValuesOfAllLayers) {
    const MemoryNeed need = memory_need(small_spec());
    EXPECT_EQ(need.bytes_per_token, kBytesPerToken);
    EXPECT_EQ(need.recurrent_bytes, 0u);
    EXPECT_EQ(need.bytes_of(10), 10 * kBytesPerToken);
}

TEST(MemoryNeedTest, CountsThreeMemoriesOfARecurrentLayer) {
    ModelSpec spec = small_spec();
    spec.layers[0].attention.delta_net =
        DeltaNetSpec{.n_key_heads = 1, .n_value_heads = 2, .d_key = 8, .d_value = 4, .n_conv = 4};
    // Three columns of the convolution, 8 + 8 + 2 * 4 channels wide, and two heads of 8 x 4.
    EXPECT_EQ(memory_need(spec).recurrent_bytes, 3 * (3 * 24 + 64) * sizeof(float));
}

}  // namespace
}  // namespace moe
