#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "engine/base/result.h"

namespace moe {

/// A file that is written piece by piece and appears under its name only when it is complete: until
/// `commit` it is a temporary neighbour, which disappears with the object. For what is too large to be
/// built in memory first (otherwise base/atomic_write). A device or a pipe is written to and stays.
class OutputFile {
  public:
    static Result<OutputFile> create(const std::filesystem::path& path);
    OutputFile(OutputFile&&) noexcept = default;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile();

    Result<void> write(std::span<const std::byte> bytes);
    Result<void> write(std::string_view text) { return write(std::as_bytes(std::span(text))); }

    /// Flushes to the disk and takes the place of what stood under the name.
    Result<void> commit();

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    OutputFile(std::unique_ptr<std::FILE, Close> file, std::filesystem::path temporary,
               std::filesystem::path path);
    Error failure(int reason) const;

    std::unique_ptr<std::FILE, Close> file_;
    std::filesystem::path temporary_;  // empty: `path_` is a device or a pipe
    std::filesystem::path path_;
};

}  // namespace moe
