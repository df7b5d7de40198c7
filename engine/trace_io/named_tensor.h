#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace moe {

enum class TensorType { F32, I32, U8 };

/// Takes the next bytes of an array.
using PieceSink = std::function<Result<void>(std::span<const std::byte>)>;

/// An array for a file of arrays. Borrows its values, in C order and little-endian, or knows how to produce
/// them piece by piece, the same ones each time.
struct NamedTensor {
    std::string name;
    TensorType type = TensorType::F32;
    std::vector<std::size_t> shape;
    std::span<const std::byte> bytes{};
    std::function<Result<void>(const PieceSink&)> write_pieces{};  ///< empty: the values are in `bytes`

    std::size_t size_bytes() const;  ///< what `shape` and `type` ask for
};

/// Hands all values to `sink`. An Error if other than `size_bytes()` come.
Result<void> for_each_piece(const NamedTensor& tensor, const PieceSink& sink);

/// The number of values must be the product of `shape`; anything else is a bug.
NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape, std::span<const float> values);
NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape,
                         std::span<const std::int32_t> values);
NamedTensor named_tensor(std::string name, std::vector<std::size_t> shape,
                         std::span<const std::uint8_t> values);

/// An array that is too large for memory.
NamedTensor streamed_tensor(std::string name, TensorType type, std::vector<std::size_t> shape,
                            std::function<Result<void>(const PieceSink&)> write_pieces);

/// In the order in which files hold them, so that the same arrays give the same bytes and each starts at a
/// multiple of its values' size: wide values first, then by name.
std::vector<NamedTensor> in_file_order(std::span<const NamedTensor> tensors);

}  // namespace moe
