#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gguf/value_type.h"
#include "engine/quant/block_types.h"

namespace moe {

/// A tensor that a file will have. `dims[0]` is the contiguous dimension ("input"), as in GGUF.
struct PlannedTensor {
    std::string name;
    std::vector<std::size_t> dims;  ///< 1 to 4, each above 0
    BlockType type = BlockType::F32;

    std::size_t n_values() const;
    std::size_t size_bytes() const;
};

/// All of a GGUF file but its data: what to write in front. Keys and tensor names are given once each.
///
///     GgufHeader header;
///     header.text("general.architecture", "olmoe").size("olmoe.block_count", 16);
///     header.tensor({.name = "output_norm.weight", .dims = {2048}});
class GgufHeader {
  public:
    static constexpr std::size_t kAlignment = 32;  ///< of the data and of each tensor in it

    GgufHeader& text(std::string_view key, std::string_view value);
    GgufHeader& size(std::string_view key, std::size_t value);  ///< below 2^32
    GgufHeader& short_size(std::string_view key,
                           std::size_t value);  ///< below 2^16, for the keys of split files
    GgufHeader& number(std::string_view key, float value);
    GgufHeader& flag(std::string_view key, bool value);
    GgufHeader& texts(std::string_view key, std::span<const std::string> values);
    GgufHeader& integers(std::string_view key, std::span<const std::int32_t> values);
    GgufHeader& tensor(PlannedTensor tensor);

    std::span<const PlannedTensor> tensors() const { return tensors_; }

    /// The file up to its data, padded to the alignment.
    std::string bytes() const;

  private:
    std::string& begin_entry(std::string_view key, GgufValueType type);

    std::string entries_;
    std::size_t n_entries_ = 0;
    std::vector<PlannedTensor> tensors_;
};

/// `size_bytes` up to the next multiple of the alignment.
inline std::size_t aligned(std::size_t size_bytes) {
    return (size_bytes + GgufHeader::kAlignment - 1) / GgufHeader::kAlignment * GgufHeader::kAlignment;
}

}  // namespace moe
