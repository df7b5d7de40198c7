#include "engine/quant/block_types.h"

#include <algorithm>
#include <array>

#include "engine/base/check.h"

namespace moe {
namespace {

struct FormatType {
    std::uint32_t id;
    std::string_view name;
    BlockLayout layout;
};

// All types of the format. The ids 4, 5, 31 to 33 and 36 to 38 belonged to types that were withdrawn.
constexpr std::array kFormatTypes{
    FormatType{0, "F32", {1, 4}},         FormatType{1, "F16", {1, 2}},
    FormatType{2, "Q4_0", {32, 18}},      FormatType{3, "Q4_1", {32, 20}},
    FormatType{6, "Q5_0", {32, 22}},      FormatType{7, "Q5_1", {32, 24}},
    FormatType{8, "Q8_0", {32, 34}},      FormatType{9, "Q8_1", {32, 36}},
    FormatType{10, "Q2_K", {256, 84}},    FormatType{11, "Q3_K", {256, 110}},
    FormatType{12, "Q4_K", {256, 144}},   FormatType{13, "Q5_K", {256, 176}},
    FormatType{14, "Q6_K", {256, 210}},   FormatType{15, "Q8_K", {256, 292}},
    FormatType{16, "IQ2_XXS", {256, 66}}, FormatType{17, "IQ2_XS", {256, 74}},
    FormatType{18, "IQ3_XXS", {256, 98}}, FormatType{19, "IQ1_S", {256, 50}},
    FormatType{20, "IQ4_NL", {32, 18}},   FormatType{21, "IQ3_S", {256, 110}},
    FormatType{22, "IQ2_S", {256, 82}},   FormatType{23, "IQ4_XS", {256, 136}},
    FormatType{24, "I8", {1, 1}},         FormatType{25, "I16", {1, 2}},
    FormatType{26, "I32", {1, 4}},        FormatType{27, "I64", {1, 8}},
    FormatType{28, "F64", {1, 8}},        FormatType{29, "IQ1_M", {256, 56}},
    FormatType{30, "BF16", {1, 2}},       FormatType{34, "TQ1_0", {256, 54}},
    FormatType{35, "TQ2_0", {256, 66}},   FormatType{39, "MXFP4", {32, 17}},
    FormatType{40, "NVFP4", {64, 36}},    FormatType{41, "Q1_0", {128, 18}},
    FormatType{42, "Q2_0", {64, 18}},
};

constexpr std::array kBlockTypes{
    BlockType::F32,    BlockType::F16,    BlockType::Q4_0, BlockType::Q4_1,  BlockType::Q5_0, BlockType::Q5_1,
    BlockType::Q8_0,   BlockType::Q2_K,   BlockType::Q3_K, BlockType::Q4_K,  BlockType::Q5_K, BlockType::Q6_K,
    BlockType::IQ4_NL, BlockType::IQ4_XS, BlockType::BF16, BlockType::MXFP4,
};

const FormatType* find_format_type(std::uint32_t id) {
    const auto found = std::find_if(kFormatTypes.begin(), kFormatTypes.end(),
                                    [id](const FormatType& type) { return type.id == id; });
    return found == kFormatTypes.end() ? nullptr : &*found;
}

}  // namespace

BlockLayout block_layout(BlockType type) {
    const FormatType* const found = find_format_type(static_cast<std::uint32_t>(type));
    MOE_CHECK(found != nullptr);
    return found->layout;
}

std::span<const BlockType> all_block_types() { return kBlockTypes; }

std::optional<BlockType> block_type_from_id(std::uint32_t id) {
    const auto type = static_cast<BlockType>(id);
    if (std::ranges::find(kBlockTypes, type) == kBlockTypes.end()) return std::nullopt;
    return type;
}

std::optional<BlockType> block_type_from_name(std::string_view name) {
    for (const BlockType type : kBlockTypes) {
        if (block_type_name(type) == name) return type;
    }
    return std::nullopt;
}

std::string_view block_type_name(std::uint32_t id) {
    const FormatType* const found = find_format_type(id);
    return found == nullptr ? std::string_view() : found->name;
}

std::optional<BlockLayout> block_layout_from_id(std::uint32_t id) {
    const FormatType* const found = find_format_type(id);
    if (found == nullptr) return std::nullopt;
    return found->layout;
}

}  // namespace moe
