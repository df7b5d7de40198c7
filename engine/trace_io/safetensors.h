#pragma once

#include <filesystem>
#include <span>

#include "engine/base/result.h"
#include "engine/trace_io/named_tensor.h"

namespace moe {

/// Writes a whole `*.safetensors` file or nothing: 8 bytes header size, a JSON header, then the arrays
/// without gaps. The same arrays give the same bytes, in whatever order they come. Names must differ.
Result<void> write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors);

}  // namespace moe
