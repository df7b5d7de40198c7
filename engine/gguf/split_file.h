#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/gguf/gguf_metadata.h"

namespace moe {

// Large models come as several files, NAME-00001-of-00003.gguf and so on. Each is a GGUF file with some of
// the tensors and with `split.no` (from 0), `split.count` and `split.tensors.count` (of all parts together)
// in its metadata; the first has the model's metadata.

/// What a part says about itself.
struct SplitPart {
    std::size_t index = 0;      ///< from 0
    std::size_t count = 0;      ///< above 1
    std::size_t n_tensors = 0;  ///< of all parts
};

/// Nothing for a file that is whole. `name` is the file's, for messages.
Result<std::optional<SplitPart>> read_split_part(const GgufMetadata& metadata, const std::string& name);

/// The path of part `index`, given that of the part that says `part`. Fails when that is not named as a part
/// is.
Result<std::filesystem::path> path_of_part(const std::filesystem::path& path, const SplitPart& part,
                                           std::size_t index);

/// "model" -> "model-00002-of-00003.gguf" for index 1 of 3.
std::string name_of_part(const std::string& stem, std::size_t index, std::size_t count);

}  // namespace moe
