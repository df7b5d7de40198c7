#include "engine/quant/decode.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace moe {
namespace {

/// Decodes from the given address plus one, so that nothing is aligned.
std::vector<float> decode(BlockType type, const std::string& bytes, std::size_t n_values) {
    const std::string shifted = "?" + bytes;
    std::vector<float> out(n_values);
    decode_row(type, reinterpret_cast<const std::byte*>(shifted.data() + 1), out);
    return out;
}

TEST(DecodeTest, CopiesF32) {
    const float values[] = {1.5f, -0.0f, 3e38f};
    std::string bytes(sizeof values, '\0');
    std::memcpy(bytes.data(), values, sizeof values);
    EXPECT_EQ(decode(BlockType::F32, bytes, 3), (std::vector<float>{1.5f, -0.0f, 3e38f}));
}

TEST(DecodeTest, WidensF16AndBf16) {
    const std::string f16("\x00\x3C\x00\xC0\x01\x00", 6);  // 1, -2, the smallest subnormal
    EXPECT_EQ(decode(BlockType::F16, f16, 3), (std::vector<float>{1.0f, -2.0f, 0x1p-24f}));
    const std::string bf16("\x80\x3F\x49\xC0", 4);
    EXPECT_EQ(decode(BlockType::BF16, bf16, 2), (std::vector<float>{1.0f, -3.140625f}));
}

TEST(DecodeTest, ScalesTheSignedBytesOfQ8_0) {
    std::string block("\x00\x38", 2);  // d = 0.5
    for (int j = 0; j < 32; ++j) block.push_back(static_cast<char>(j - 16));
    block[2] = static_cast<char>(-128);
    std::string second("\x00\xBC", 2);  // d = -1
    second.append(32, '\x7F');          // q = 127
    const std::vector<float> out = decode(BlockType::Q8_0, block + second, 64);
    EXPECT_EQ(out[0], -64.0f);
    for (int j = 1; j < 32; ++j)
        EXPECT_EQ(out[static_cast<std::size_t>(j)], 0.5f * static_cast<float>(j - 16));
    for (std::size_t j = 32; j < 64; ++j) EXPECT_EQ(out[j], -127.0f);
}

TEST(DecodeTest, PutsLowNibblesOfQ4_0BeforeHighOnes) {
    std::string block("\x00\x40", 2);  // d = 2
    for (int j = 0; j < 16; ++j) block.push_back(static_cast<char>(j | (15 - j) << 4));
    const std::vector<float> out = decode(BlockType::Q4_0, block, 32);
    for (int j = 0; j < 16; ++j) {
        EXPECT_EQ(out[static_cast<std::size_t>(j)], 2.0f * static_cast<float>(j - 8));
        EXPECT_EQ(out[static_cast<std::size_t>(j + 16)], 2.0f * static_cast<float>(7 - j));
    }
}

TEST(DecodeTest, AcceptsAnEmptyRow) { EXPECT_TRUE(decode(BlockType::Q8_0, "", 0).empty()); }

TEST(BlockTypesTest, EveryTypeOfTheFormatHasANameAndALayout) {
    std::size_t n_types = 0;
    for (std::uint32_t id = 0; id < 100; ++id) {
        const std::optional<BlockLayout> layout = block_layout_from_id(id);
        EXPECT_EQ(layout.has_value(), !block_type_name(id).empty()) << id;
        if (layout) ++n_types;
    }
    EXPECT_EQ(n_types, 35u);
    EXPECT_EQ(block_type_name(12), "Q4_K");
    EXPECT_EQ(block_layout_from_id(14)->size_bytes, 210u);
    EXPECT_FALSE(block_layout_from_id(4).has_value());  // withdrawn
    EXPECT_FALSE(block_layout_from_id(0xFFFFFFFF).has_value());
}

TEST(BlockTypesTest, ComputesWithTheTypesThatHaveADecoder) {
    EXPECT_EQ(block_type_from_id(8), BlockType::Q8_0);
    EXPECT_EQ(block_type_from_id(30), BlockType::BF16);
    EXPECT_EQ(block_type_from_id(12), BlockType::Q4_K);
    EXPECT_EQ(block_type_from_id(16), std::nullopt);
    EXPECT_EQ(block_type_from_id(99), std::nullopt);
    EXPECT_EQ(all_block_types().size(), 16u);
    for (const BlockType type : all_block_types()) {
        EXPECT_EQ(block_type_from_id(static_cast<std::uint32_t>(type)), type);
        EXPECT_EQ(block_type_from_name(block_type_name(type)), type);
        EXPECT_EQ(block_layout(type).size_bytes,
                  block_layout_from_id(static_cast<std::uint32_t>(type))->size_bytes);
    }
    EXPECT_EQ(block_type_from_name("IQ2_XXS"), std::nullopt);
    EXPECT_EQ(block_type_from_name(""), std::nullopt);
}

TEST(BlockTypesTest, BlocksAreAsLongAsTheFormatSays) {
    EXPECT_EQ(block_layout(BlockType::Q4_0).size_bytes, sizeof(BlockQ4_0));
    EXPECT_EQ(block_layout(BlockType::Q4_1).size_bytes, sizeof(BlockQ4_1));
    EXPECT_EQ(block_layout(BlockType::Q5_0).size_bytes, sizeof(BlockQ5_0));
    EXPECT_EQ(block_layout(BlockType::Q5_1).size_bytes, sizeof(BlockQ5_1));
    EXPECT_EQ(block_layout(BlockType::Q8_0).size_bytes, sizeof(BlockQ8_0));
    EXPECT_EQ(block_layout(BlockType::Q2_K).size_bytes, sizeof(BlockQ2_K));
    EXPECT_EQ(block_layout(BlockType::Q3_K).size_bytes, sizeof(BlockQ3_K));
    EXPECT_EQ(block_layout(BlockType::Q4_K).size_bytes, sizeof(BlockQ4_K));
    EXPECT_EQ(block_layout(BlockType::Q5_K).size_bytes, sizeof(BlockQ5_K));
    EXPECT_EQ(block_layout(BlockType::Q6_K).size_bytes, sizeof(BlockQ6_K));
    EXPECT_EQ(block_layout(BlockType::IQ4_NL).size_bytes, sizeof(BlockIQ4_NL));
    EXPECT_EQ(block_layout(BlockType::IQ4_XS).size_bytes, sizeof(BlockIQ4_XS));
    EXPECT_EQ(block_layout(BlockType::MXFP4).size_bytes, sizeof(BlockMXFP4));
}

}  // namespace
}  // namespace moe
