#include "engine/families/load_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "engine/families/family.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace moe {
namespace {

using test::GgufType;
using test::TinyModel;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint32_t kIq2Xxs = 16;
constexpr std::uint32_t kF16 = 1;

/// The message with which `model` is refused; empty where it loads.
std::string refusal(const TinyModel& model) {
    const std::string bytes = model.bytes();
    auto file = GgufReader::from_bytes(test::as_bytes(bytes), "tiny.gguf");
    if (!file) return file.error().message;
    const auto loaded = load_model(std::move(file).value(), "tiny.gguf");
    return loaded ? "" : loaded.error().message;
}

/// The message when one integer of the metadata is `value`.
std::string refusal_with(const std::string& key, std::int64_t value) {
    TinyModel model;
    model.set("qwen3moe." + key, GgufType::I64, value);
    return refusal(model);
}

TEST(LoadModelTest, LoadsTheTinyModel) { EXPECT_EQ(refusal(TinyModel()), ""); }

TEST(LoadModelTest, ReadsTheEmbeddedModel) {
    const auto model = load_model(test::asset_file("models/early-d192-l6.gguf"));
    ASSERT_TRUE(model) << model.error().message;
    const ModelSpec& spec = (*model)->spec;
    EXPECT_EQ(spec.architecture, "qwen3moe");
    EXPECT_EQ(spec.d_model, 192u);
    EXPECT_EQ(spec.n_vocab, 4096u);
    EXPECT_TRUE(spec.tied_output);
    ASSERT_NE(spec.moe(), nullptr);
    EXPECT_EQ(spec.moe()->n_experts, 16u);
    EXPECT_EQ(spec.moe()->top_k, 2u);
    EXPECT_TRUE(spec.moe()->renormalize);
    EXPECT_THAT(spec.moe_layer_ids(), testing::ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(LoadModelTest, ReadsAllShippedFamilies) {
    for (const std::string name : {"qwen3moe-f16", "qwen2moe-f16"}) {
        const auto model = load_model(test::test_file("golden/families/" + name + ".gguf"));
        ASSERT_TRUE(model) << model.error().message;
        EXPECT_EQ((*model)->spec.layers.size(), 2u);
    }
}

TEST(LoadModelTest, KnowsItsArchitecturesInOrder) {
    EXPECT_THAT(known_architectures(),
                AllOf(testing::IsSupersetOf({"llama", "olmoe", "qwen2moe", "qwen3", "qwen3moe", "gpt-oss",
                                             "deepseek2", "llama4", "grok"}),
                      testing::WhenSorted(testing::Eq(known_architectures()))));
}

TEST(LoadModelTest, RefusesAnUnknownArchitectureByNameWithTheKnownOnes) {
    TinyModel model;
    model.set_text("general.architecture", "mamba");
    EXPECT_THAT(refusal(model), AllOf(HasSubstr("tiny.gguf"), HasSubstr("'mamba'"),
                                      HasSubstr("olmoe, phimoe, qwen2moe, qwen3, qwen35moe, qwen3moe")));
    model.remove("general.architecture");
    EXPECT_THAT(refusal(model), HasSubstr("general.architecture"));
}

TEST(LoadModelTest, RefusesAnUnknownTensorTypeByTensorAndTypeName) {
    TinyModel model;
    for (const std::string width : {"embedding_length", "expert_feed_forward_length"}) {
        model.set("qwen3moe." + width, GgufType::U32, std::uint32_t{256});
    }
    model.reshape("token_embd.weight", {256, 64}, kIq2Xxs);
    EXPECT_THAT(refusal(model), HasSubstr("tensor token_embd.weight: type IQ2_XXS is not there yet; "
                                          "known: F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, "
                                          "Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16, MXFP4"));
}

TEST(LoadModelTest, RefusesSizesOutOfRange) {
    for (const std::string key :
         {"block_count", "context_length", "embedding_length", "attention.head_count",
          "attention.head_count_kv", "attention.key_length", "attention.value_length", "expert_count",
          "expert_used_count", "expert_feed_forward_length", "rope.dimension_count"}) {
        for (const std::int64_t value :
             {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
              std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
            EXPECT_THAT(refusal_with(key, value), HasSubstr("qwen3moe." + key)) << value;
        }
    }
}

TEST(LoadModelTest, RefusesNumbersThatDoNotFitEachOther) {
    EXPECT_THAT(refusal_with("expert_used_count", 5), HasSubstr("expert_used_count"));
    EXPECT_THAT(refusal_with("attention.head_count", 3), HasSubstr("attn_q.weight"));
    EXPECT_THAT(refusal_with("attention.head_count_kv", 3), HasSubstr("head_count_kv"));
    EXPECT_THAT(refusal_with("rope.dimension_count", 7), HasSubstr("rope.dimension_count"));
    EXPECT_THAT(refusal_with("rope.dimension_count", 18), HasSubstr("rope.dimension_count"));
    EXPECT_THAT(refusal_with("block_count", 3), HasSubstr("blk.2.attn_norm.weight is missing"));
    EXPECT_THAT(refusal_with("block_count", 1), HasSubstr("blk.1."));
    EXPECT_THAT(refusal_with("expert_count", 3), HasSubstr("ffn_gate_inp.weight is 32 x 4"));
    EXPECT_THAT(refusal_with("expert_gating_func", 2), HasSubstr("expert_gating_func"));
}

TEST(LoadModelTest, RefusesNumbersThatAreNoNumbers) {
    for (const std::string key : {"attention.layer_norm_rms_epsilon", "rope.freq_base"}) {
        for (const float value : {0.0f, -1.0f, std::nanf(""), std::numeric_limits<float>::infinity()}) {
            TinyModel model;
            model.set("qwen3moe." + key, GgufType::F32, value);
            EXPECT_THAT(refusal(model), HasSubstr("qwen3moe." + key)) << value;
        }
    }
}

TEST(LoadModelTest, RefusesWhatItNeedsAndDoesNotFind) {
    for (const std::string key : {"block_count", "context_length", "embedding_length", "attention.head_count",
                                  "expert_count", "expert_used_count", "attention.layer_norm_rms_epsilon"}) {
        TinyModel model;
        model.remove("qwen3moe." + key);
        EXPECT_THAT(refusal(model), HasSubstr("qwen3moe." + key));
    }
    for (const std::string name : {"token_embd.weight", "output_norm.weight", "blk.1.attn_k.weight",
                                   "blk.0.attn_q_norm.weight", "blk.1.ffn_down_exps.weight"}) {
        TinyModel model;
        model.remove_tensor(name);
        EXPECT_THAT(refusal(model), HasSubstr("tensor " + name + " is missing"));
    }
}

TEST(LoadModelTest, RefusesTensorsOfAnotherShapeOrKind) {
    TinyModel transposed;
    transposed.reshape("blk.0.attn_k.weight", {16, 32});
    EXPECT_THAT(refusal(transposed),
                HasSubstr("tensor blk.0.attn_k.weight is 16 x 32, the metadata calls for 32 x 16"));
    TinyModel flat;
    flat.reshape("blk.0.ffn_up_exps.weight", {32, 32 * 4});
    EXPECT_THAT(refusal(flat), HasSubstr("blk.0.ffn_up_exps.weight"));
    TinyModel half_norm;
    half_norm.reshape("blk.0.attn_norm.weight", {32}, kF16);
    EXPECT_THAT(refusal(half_norm), HasSubstr("blk.0.attn_norm.weight is F16, F32 is needed"));
}

TEST(LoadModelTest, RefusesTensorsItWouldHaveToLeaveOut) {
    TinyModel model;
    model.add_tensor("blk.0.attn_sinks.weight", {32});
    EXPECT_THAT(refusal(model), HasSubstr("tensor blk.0.attn_sinks.weight is not part of qwen3moe"));
}

void fill_with(float value, test::GgufImage::Tensor& tensor) {
    for (std::size_t at = 0; at < tensor.data.size(); at += sizeof value)
        std::memcpy(tensor.data.data() + at, &value, sizeof value);
}

/// A model and the bytes that it borrows.
struct Loaded {
    explicit Loaded(const TinyModel& tiny)
        : bytes(tiny.bytes()),
          model(load_model(GgufReader::from_bytes(std::as_bytes(std::span(bytes)), "tiny").value(), "tiny").value()) {}
    const std::string bytes;
    const std::shared_ptr<const Model> model;
};

TEST(LoadModelTest, TakesTheBiasesThatAFileHas) {
    const ModelSpec plain = Loaded(TinyModel()).model->spec;
    const AttentionSpec& spec = plain.layers[0].attention;
    const std::size_t n_query = spec.n_heads * spec.d_head, n_key = spec.n_kv_heads * spec.d_head;
    TinyModel apart, together;
    for (std::size_t layer = 0; layer < plain.layers.size(); ++layer) {
        const std::string block = "blk." + std::to_string(layer) + ".";
        apart.add_tensor(block + "attn_q.bias", {n_query});
        apart.add_tensor(block + "attn_k.bias", {n_key});
        apart.add_tensor(block + "attn_v.bias", {n_key});
        apart.add_tensor(block + "attn_output.bias", {plain.d_model});
        together.add_tensor(block + "attn_qkv.bias", {n_query + 2 * n_key});
    }
    fill_with(2.0f, apart.tensor("blk.0.attn_k.bias"));
    const Loaded with_apart(apart), with_together(together);
    for (const Loaded* loaded : {&with_apart, &with_together}) {
        const AttentionWeights& weights = loaded->model->weights.layers[0].attention;
        EXPECT_EQ(weights.query_bias.size(), n_query);
        EXPECT_EQ(weights.key_bias.size(), n_key);
        EXPECT_EQ(weights.value_bias.size(), n_key);
    }
    EXPECT_EQ(with_apart.model->weights.layers[0].attention.key_bias.back(), 2.0f);
    EXPECT_EQ(with_apart.model->weights.layers[0].attention.output_bias.size(), plain.d_model);
    const AttentionWeights& split = with_together.model->weights.layers[0].attention;
    EXPECT_EQ(split.query_bias.data() + n_query, split.key_bias.data());
    EXPECT_EQ(split.key_bias.data() + n_key, split.value_bias.data());

    TinyModel one_of_them;
    one_of_them.add_tensor("blk.1.attn_k.bias", {n_key});
    const Loaded with_one(one_of_them);
    EXPECT_TRUE(with_one.model->weights.layers[0].attention.key_bias.empty());
    EXPECT_EQ(with_one.model->weights.layers[1].attention.key_bias.size(), n_key);
    EXPECT_TRUE(with_one.model->weights.layers[1].attention.query_bias.empty());
    TinyModel too_long;
    too_long.add_tensor("blk.1.attn_k.bias", {n_query});
    EXPECT_THAT(refusal(too_long), HasSubstr("blk.1.attn_k.bias is 32, the metadata calls for 16"));
}

TEST(LoadModelTest, TakesTheBiasesOfADenseFeedForward) {
    TinyModel tiny;
    tiny.set_text("general.architecture", "qwen3");
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::uint32_t>>{{"block_count", 2},
                                                            {"context_length", 128},
                                                            {"embedding_length", 32},
                                                            {"feed_forward_length", 64},
                                                            {"attention.head_count", 2},
                                                            {"attention.head_count_kv", 1},
                                                            {"attention.key_length", 16},
                                                            {"attention.value_length", 16}})
        tiny.set("qwen3." + key, GgufType::U32, value);
    tiny.set("qwen3.attention.layer_norm_rms_epsilon", GgufType::F32, 1e-6f);
    for (const std::string block : {"blk.0.", "blk.1."}) {
        for (const std::string name : {"gate_inp", "gate_exps", "up_exps", "down_exps"})
            tiny.remove_tensor(block + "ffn_" + name + ".weight");
        tiny.add_tensor(block + "ffn_gate.weight", {32, 64});
        tiny.add_tensor(block + "ffn_up.weight", {32, 64});
        tiny.add_tensor(block + "ffn_down.weight", {64, 32});
    }
    tiny.add_tensor("blk.0.ffn_up.bias", {64});
    tiny.add_tensor("blk.1.ffn_down.bias", {32});
    const Loaded loaded(tiny);
    const std::vector<LayerWeights>& layers = loaded.model->weights.layers;
    EXPECT_EQ(layers[0].dense.up_bias.size(), 64u);
    EXPECT_EQ(layers[1].dense.down_bias.size(), 32u);
    EXPECT_TRUE(layers[0].dense.gate_bias.empty() && layers[0].dense.down_bias.empty());
    tiny.add_tensor("blk.1.ffn_gate.bias", {32});
    EXPECT_THAT(refusal(tiny), HasSubstr("blk.1.ffn_gate.bias is 32, the metadata calls for 64"));
}

RopeScaling scaling_of(const TinyModel& tiny) { return Loaded(tiny).model->spec.layers[0].attention.rope_scaling; }

TEST(LoadModelTest, ReadsTheKindsOfRopeScalingAndRefusesOthersByName) {
    TinyModel model;
    model.set_text("qwen3moe.rope.scaling.type", "dynamic");
    EXPECT_THAT(refusal(model), HasSubstr("rope scaling 'dynamic' is not there yet"));
    model.set_text("qwen3moe.rope.scaling.type", "none");
    EXPECT_EQ(scaling_of(model), RopeScaling());
    model.set_text("qwen3moe.rope.scaling.type", "linear");
    model.set("qwen3moe.rope.scaling.factor", GgufType::F32, 4.0f);
    EXPECT_EQ(scaling_of(model).interpolation, 4.0);
    model.set_text("qwen3moe.rope.scaling.type", "longrope");
    model.set("qwen3moe.rope.scaling.attn_factor", GgufType::F32, 1.5f);
    model.set("qwen3moe.rope.scaling.original_context_length", GgufType::U32, std::uint32_t{64});
    const RopeScaling scaling = scaling_of(model);
    EXPECT_EQ(scaling.interpolation, 1.0);
    EXPECT_EQ(scaling.magnitude, 1.5);
    EXPECT_EQ(scaling.original_context, 64u);
}

TEST(LoadModelTest, TakesTheTurnsBetweenWhichYarnStretches) {
    TinyModel model;
    model.set_text("qwen3moe.rope.scaling.type", "yarn");
    model.set("qwen3moe.rope.scaling.factor", GgufType::F32, 4.0f);
    EXPECT_EQ(scaling_of(model).many_turns, 32.0);
    EXPECT_EQ(scaling_of(model).few_turns, 1.0);
    model.set("qwen3moe.rope.scaling.yarn_beta_fast", GgufType::F32, 8.0f);
    model.set("qwen3moe.rope.scaling.yarn_beta_slow", GgufType::F32, 2.0f);
    EXPECT_EQ(scaling_of(model).many_turns, 8.0);
    EXPECT_EQ(scaling_of(model).few_turns, 2.0);
    model.set("qwen3moe.rope.scaling.yarn_beta_slow", GgufType::F32, 8.0f);
    EXPECT_THAT(refusal(model), HasSubstr("yarn_beta_fast' is 8, which is not more than the 8 of yarn_beta_slow"));
}

TEST(LoadModelTest, ChecksRopeFactors) {
    TinyModel model;
    model.add_tensor("rope_freqs.weight", {8});
    EXPECT_THAT(refusal(model), HasSubstr("rope_freqs.weight holds 0"));
    fill_with(1.0f, model.tensor("rope_freqs.weight"));
    EXPECT_EQ(refusal(model), "");
}

TEST(LoadModelTest, TakesFactorsForShortAndForLongContexts) {
    TinyModel model;
    model.add_tensor("rope_factors_short.weight", {8});
    model.add_tensor("rope_factors_long.weight", {8});
    fill_with(1.0f, model.tensor("rope_factors_short.weight"));
    EXPECT_THAT(refusal(model), HasSubstr("rope_factors_long.weight holds 0"));
    fill_with(2.0f, model.tensor("rope_factors_long.weight"));
    const Loaded both(model);
    EXPECT_EQ(both.model->weights.rope_factors.front(), 1.0f);
    EXPECT_EQ(both.model->weights.long_rope_factors.back(), 2.0f);
}

/// The layers of a SmallThinker with a window that see everything, and those that rotate.
std::pair<std::vector<std::size_t>, std::vector<std::size_t>> wide_and_rotated(std::int64_t n_layers) {
    TinyModel tiny;
    const auto set = [&](const std::string& key, std::int64_t value) {
        tiny.set("smallthinker." + key, GgufType::I64, value);
    };
    set("block_count", n_layers);
    set("attention.sliding_window", 7);
    for (const char* const key : {"context_length", "embedding_length", "attention.head_count", "feed_forward_length",
                                  "expert_feed_forward_length", "expert_count"})
        set(key, 8);
    set("expert_used_count", 2);
    set("attention.key_length", 4);
    set("attention.value_length", 4);
    tiny.set("smallthinker.attention.layer_norm_rms_epsilon", GgufType::F32, 1e-6f);
    const std::string bytes = tiny.bytes();
    const GgufReader file = GgufReader::from_bytes(test::as_bytes(bytes), "tiny.gguf").value();
    const auto model = read_smallthinker(Hyperparameters(file, "smallthinker"));
    EXPECT_TRUE(model) << model.error().message;
    std::pair<std::vector<std::size_t>, std::vector<std::size_t>> out;
    for (std::size_t i = 0; model && i < model->layers.size(); ++i) {
        if (model->layers[i].attention.window == 0) out.first.push_back(i);
        if (model->layers[i].attention.n_rope_dims > 0) out.second.push_back(i);
    }
    return out;
}

TEST(LoadModelTest, SmallThinkersWideLayersKnowNoPositionsUnlessTheyAreOneInAll) {
    const auto [wide, rotated] = wide_and_rotated(6);
    EXPECT_THAT(wide, testing::ElementsAre(0, 4));
    EXPECT_THAT(rotated, testing::ElementsAre(1, 2, 3, 5));
    const auto [wide_of_four, rotated_of_four] = wide_and_rotated(4);
    EXPECT_THAT(wide_of_four, testing::ElementsAre(0));
    EXPECT_THAT(rotated_of_four, testing::ElementsAre(0, 1, 2, 3));
}

TEST(LoadModelTest, EveryRefusalIsOneLine) {
    TinyModel model;
    model.set_text("general.architecture", "a\nb");
    EXPECT_THAT(refusal(model), Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace moe
