#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/quant/blocks.h"

namespace moe {

/// How the numbers of a tensor are stored. The values are the type ids of the GGUF format.
enum class BlockType : std::uint32_t {
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q2_K = 10,
    Q3_K = 11,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    IQ4_NL = 20,
    IQ4_XS = 23,
    BF16 = 30,
    MXFP4 = 39
};

/// A row is a whole number of blocks.
struct BlockLayout {
    std::size_t values = 0;      ///< numbers in a block
    std::size_t size_bytes = 0;  ///< bytes of a block
};

/// Every type that this build can compute with, by rising id.
std::span<const BlockType> all_block_types();

/// The layout of a type that this build can compute with.
BlockLayout block_layout(BlockType type);

/// The type for an id read from a file; nothing for one that this build cannot compute with.
std::optional<BlockType> block_type_from_id(std::uint32_t id);

/// The type of a name ("Q4_K"); nothing for one that this build cannot compute with.
std::optional<BlockType> block_type_from_name(std::string_view name);

/// The name of any type id of the GGUF format, known to this build or not ("Q4_K"); "type 99" style
/// names are the caller's business: an id outside the format gives an empty view.
std::string_view block_type_name(std::uint32_t id);
inline std::string_view block_type_name(BlockType type) {
    return block_type_name(static_cast<std::uint32_t>(type));
}

/// The layout of any type id of the GGUF format, to check a file whose tensors cannot be computed.
std::optional<BlockLayout> block_layout_from_id(std::uint32_t id);

}  // namespace moe
