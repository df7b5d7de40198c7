#include "tests/support/paths.h"

#include <cstdlib>

#include "engine/base/check.h"

namespace moe::test {

std::optional<std::filesystem::path> shared_file(const std::string& name) {
    const std::filesystem::path path = std::filesystem::path(MOE_SOURCE_DIR) / ".." / "shared" / name;
    if (std::filesystem::exists(path)) return path;
    return std::nullopt;
}

std::optional<std::filesystem::path> reference_model(const std::string& name) {
    const std::filesystem::path shipped = test_file("golden/" + name + ".gguf");
    if (std::filesystem::exists(shipped)) return shipped;
    return shared_file("refs/" + name + ".gguf");
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "moescope-test-XXXXXX").string();
    MOE_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace moe::test
