#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/gguf/gguf_metadata.h"
#include "engine/gguf/split_file.h"
#include "engine/quant/block_types.h"

namespace moe {

/// A tensor of the file, borrowed. `dims[0]` is the contiguous dimension ("input"), as in GGUF.
struct GgufTensor {
    std::string name;
    std::array<std::size_t, 4> dims{1, 1, 1, 1};
    std::size_t n_dims = 0;
    std::uint32_t type_id = 0;         ///< as in the file
    std::optional<BlockType> type;     ///< nothing: this build cannot compute with it
    std::span<const std::byte> bytes;  ///< inside the mapping, checked

    std::size_t n_values() const { return dims[0] * dims[1] * dims[2] * dims[3]; }
};

/// A GGUF file (version 2 or 3), memory-mapped. `open` checks every count, length, type and offset
/// against the file before use, so that no other code needs to doubt them; it never allocates what the
/// file merely claims. Errors name the field and its offset.
class GgufReader {
  public:
    /// Opens a file; for a part of a split model, all parts, which must lie in the same folder.
    static Result<GgufReader> open(const std::filesystem::path& path);

    /// Reads a file image in memory, which must outlive the reader. `name` appears in messages. A part of a
    /// split model is refused.
    static Result<GgufReader> from_bytes(std::span<const std::byte> bytes, const std::string& name);

    const GgufMetadata& metadata() const { return metadata_; }
    std::span<const GgufTensor> tensors() const { return tensors_; }
    const GgufTensor* find_tensor(std::string_view name) const;       ///< null when absent
    std::size_t file_size_bytes() const { return file_size_bytes_; }  ///< of all parts
    std::size_t n_files() const { return n_files_; }                  ///< parts, 1 for a whole file
    std::uint32_t version() const { return version_; }

  private:
    static Result<GgufReader> parse(std::span<const std::byte> bytes, const std::string& name);
    static Result<GgufReader> open_one(const std::filesystem::path& path);
    static Result<GgufReader> open_parts(const std::filesystem::path& path, const SplitPart& part);
    Result<void> append(GgufReader part, const std::string& name);

    std::vector<MappedFile> files_;
    GgufMetadata metadata_;
    std::vector<GgufTensor> tensors_;
    std::map<std::string, std::size_t, std::less<>> tensor_index_;
    std::size_t file_size_bytes_ = 0;
    std::size_t n_files_ = 1;
    std::uint32_t version_ = 0;
};

}  // namespace moe
