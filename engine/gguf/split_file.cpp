#include "engine/gguf/split_file.h"

namespace moe {
namespace {

constexpr std::size_t kMaxParts = 4096;
constexpr std::size_t kMaxTensors = std::size_t{1} << 20;

template <class T>
Result<T> naming(const std::string& name, Result<T> result) {
    if (result) return result;
    return make_error("{}: {}", name, result.error().message);
}

}  // namespace

Result<std::optional<SplitPart>> read_split_part(const GgufMetadata& metadata, const std::string& name) {
    MOE_TRY(const std::size_t count, naming(name, metadata.size_or("split.count", 1, 0, kMaxParts)));
    if (count <= 1) return std::optional<SplitPart>();
    SplitPart part{.count = count};
    MOE_TRY(part.index, naming(name, metadata.size("split.no", 0, count - 1)));
    MOE_TRY(part.n_tensors, naming(name, metadata.size("split.tensors.count", 0, kMaxTensors)));
    return std::optional<SplitPart>(part);
}

std::string name_of_part(const std::string& stem, std::size_t index, std::size_t count) {
    return fmt::format("{}-{:05}-of-{:05}.gguf", stem, index + 1, count);
}

Result<std::filesystem::path> path_of_part(const std::filesystem::path& path, const SplitPart& part,
                                           std::size_t index) {
    const std::string name = path.filename().string();
    const std::string ending = name_of_part("", part.index, part.count);
    if (!name.ends_with(ending) || name.size() == ending.size()) {
        return make_error(
            "{}: part {} of a model split into {} files, whose name does not end in {}; give all parts the "
            "names "
            "they were published with",
            path.string(), part.index + 1, part.count, ending);
    }
    const std::string stem = name.substr(0, name.size() - ending.size());
    return path.parent_path() / name_of_part(stem, index, part.count);
}

}  // namespace moe
