#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/gguf/byte_cursor.h"
#include "engine/gguf/gguf_reader.h"

namespace moe {

/// Reads the `n_tensors` entries at the cursor and places each tensor's bytes in `file`, checked:
/// `alignment`, a power of two, separates the directory from the data and the tensors from each other.
Result<std::vector<GgufTensor>> parse_tensor_directory(ByteCursor& cursor, std::uint64_t n_tensors,
                                                       std::size_t alignment,
                                                       std::span<const std::byte> file);

}  // namespace moe
