#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace moe::test {

/// A file that the tests ship, below tests/.
inline std::filesystem::path test_file(const std::string& name) { return std::filesystem::path(MOE_TEST_DIR) / name; }

/// A file of the program, below assets/.
inline std::filesystem::path asset_file(const std::string& name) {
    return std::filesystem::path(MOE_SOURCE_DIR) / "assets" / name;
}

/// The folder beside the checkout that holds large reference material, where there is one. A test that
/// needs it skips with a reason elsewhere.
std::optional<std::filesystem::path> shared_file(const std::string& name);

/// A reference model by its name without ending, such as "families/llama-f16": shipped or beside the
/// checkout.
std::optional<std::filesystem::path> reference_model(const std::string& name);

/// A new, empty folder that is removed with the object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace moe::test
