#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "engine/base/result.h"

namespace moe {

/// A file seen as memory, read-only. Pages come in when they are touched, so that opening takes the
/// same time at any size. Owns the mapping; `bytes()` lives as long as the object, moved or not.
class MappedFile {
  public:
    /// Fails for what is not a regular, readable, non-empty file.
    static Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept { swap(other); }
    MappedFile& operator=(MappedFile other) noexcept { swap(other); return *this; }
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {data_, size_bytes_}; }

  private:
    void swap(MappedFile& other) noexcept;
    const std::byte* data_ = nullptr;
    std::size_t size_bytes_ = 0;
};

}  // namespace moe
