#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "engine/families/load_model.h"
#include "engine/model/sequence_state.h"
#include "tests/support/paths.h"

// Which layers of a Gemma 4 share keys and values; what they compute is in the reference vectors.

namespace moe {
namespace {

using testing::HasSubstr;

/// Six layers, the last three of which share: two that see a window, one that sees everything, in turns of
/// "window, window, all" and "window, all, window".
class SharedKeysTest : public testing::Test {
  protected:
    /// Sets byte `index` of the metadata entry, counted from where its value (of an array: its type) begins.
    void patch(const std::string& key, std::size_t index, char value) {
        const std::size_t at = bytes_.find("gemma4." + key);
        ASSERT_NE(at, std::string::npos) << key;
        bytes_[at + key.size() + std::string("gemma4.").size() + sizeof(std::uint32_t) + index] = value;
    }
    /// The same of an array's element.
    void patch_array(const std::string& key, std::size_t index, std::size_t element_bytes, char value) {
        patch(key, sizeof(std::uint32_t) + sizeof(std::uint64_t) + index * element_bytes, value);
    }
    Result<std::shared_ptr<const Model>> load() const {
        return load_model(GgufReader::from_bytes(std::as_bytes(std::span(bytes_)), "gemma").value(), "gemma");
    }
    std::string refusal() const {
        const auto model = load();
        return model ? "" : model.error().message;
    }

  private:
    static std::string golden_bytes() {
        std::ifstream stream(test::test_file("golden/families/gemma4-shared-f16.gguf"), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    std::string bytes_ = golden_bytes();
};

TEST_F(SharedKeysTest, AreThoseOfTheLastLayerThatSeesAsFar) {
    const auto model = load();
    ASSERT_TRUE(model) << model.error().message;
    std::vector<std::optional<std::size_t>> sources;
    for (const LayerSpec& layer : (*model)->spec.layers) sources.push_back(layer.attention.kv_layer);
    EXPECT_THAT(sources, testing::ElementsAre(std::nullopt, std::nullopt, std::nullopt, 1, 2, 1));
}

TEST_F(SharedKeysTest, AreKeptOnce) {
    const auto model = load();
    ASSERT_TRUE(model) << model.error().message;
    // Two windowed layers with 2 heads of 16, one layer with 1 head of 32: keys and values.
    EXPECT_EQ(kv_bytes_per_token((*model)->spec), (2 * 2 * 16 + 1 * 32) * 2 * sizeof(float));
    SequenceState state = SequenceState::create((*model)->spec, 8).value();
    EXPECT_EQ(state.keys(1).cols, 32u);
    EXPECT_EQ(state.keys(5).cols, 0u);
}

TEST_F(SharedKeysTest, NeedALayerThatHasThem) {
    patch("attention.shared_kv_layers", 0, 6);
    EXPECT_THAT(refusal(), HasSubstr("attention.shared_kv_layers"));
    patch("attention.shared_kv_layers", 0, 4);
    EXPECT_THAT(refusal(), HasSubstr("layer 2: no layer before it has keys and values to share"));
}

TEST_F(SharedKeysTest, AreThoseOfHeadsOfTheSameShape) {
    patch_array("attention.head_count_kv", 5, sizeof(std::int32_t), 1);
    EXPECT_THAT(refusal(), HasSubstr("layer 5: its heads do not fit the keys and values of layer 1"));
}

}  // namespace
}  // namespace moe
