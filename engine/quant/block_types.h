#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace moe {

/// How the numbers of a tensor are stored. The values are the type ids of the GGUF format.
enum class BlockType : std::uint32_t { F32 = 0, F16 = 1, Q4_0 = 2, Q8_0 = 8, BF16 = 30 };

/// A row is a whole number of blocks.
struct BlockLayout {
    std::size_t values = 0;      ///< numbers in a block
    std::size_t size_bytes = 0;  ///< bytes of a block
};

/// Scale and 32 signed bytes: x[j] = d q[j].
struct BlockQ8_0 {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;  ///< F16
    std::int8_t q[kValues];
};
static_assert(sizeof(BlockQ8_0) == 34);

/// Scale and 32 nibbles: x[j] = d (low nibble of q[j] - 8), x[j + 16] = d (high nibble of q[j] - 8).
struct BlockQ4_0 {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;  ///< F16
    std::uint8_t q[kValues / 2];
};
static_assert(sizeof(BlockQ4_0) == 18);

/// The layout of a type that this build can compute with.
BlockLayout block_layout(BlockType type);

/// The type for an id read from a file; nothing for one that this build cannot compute with.
std::optional<BlockType> block_type_from_id(std::uint32_t id);

/// The name of any type id of the GGUF format, known to this build or not ("Q4_K"); "type 99" style
/// names are the caller's business: an id outside the format gives an empty view.
std::string_view block_type_name(std::uint32_t id);
inline std::string_view block_type_name(BlockType type) { return block_type_name(static_cast<std::uint32_t>(type)); }

/// The layout of any type id of the GGUF format, to check a file whose tensors cannot be computed.
std::optional<BlockLayout> block_layout_from_id(std::uint32_t id);

}  // namespace moe
