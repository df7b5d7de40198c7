#pragma once

#include <filesystem>
#include <span>

#include "engine/base/result.h"
#include "engine/trace_io/named_tensor.h"

namespace moe {

/// Writes a whole `*.npz` file or nothing, as numpy.load reads it: a zip archive of .npy files, stored,
/// without times. The same arrays give the same bytes. Arrays of 4 GiB or more are an Error: the classic
/// zip format ends there. Names must differ.
Result<void> write_npz(const std::filesystem::path& path, std::span<const NamedTensor> tensors);

}  // namespace moe
