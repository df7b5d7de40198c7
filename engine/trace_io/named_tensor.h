#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace moe {

enum class TensorType { F32, I32, U8 };

/// An array for a file of arrays. Borrows its values, in C order and little-endian.
struct NamedTensor {
    std::string name;
    TensorType type = TensorType::F32;
    std::vector<std::size_t> shape;
    std::span<const std::byte> bytes;
};

/// The number of values must be the product of `shape`; anything else is a bug.
NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape, std::span<const float> values);
NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape,
                         std::span<const std::int32_t> values);
NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape,
                         std::span<const std::uint8_t> values);

/// In the order in which files hold them, so that the same arrays give the same bytes and each starts at a
/// multiple of its values' size: wide values first, then by name.
std::vector<NamedTensor> in_file_order(std::span<const NamedTensor> tensors);

}  // namespace moe
