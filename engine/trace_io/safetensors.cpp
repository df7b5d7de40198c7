#include "engine/trace_io/safetensors.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/output_file.h"

namespace moe {
namespace {

constexpr std::size_t kHeaderAlignment = 8;

const char* type_name(TensorType type) {
    switch (type) {
        case TensorType::F32:
            return "F32";
        case TensorType::I32:
            return "I32";
        default:
            return "U8";
    }
}

/// The JSON header, padded with spaces so that the arrays behind it are aligned.
std::string header_of(std::span<const NamedTensor> ordered) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    std::size_t offset = 0;
    for (const NamedTensor& tensor : ordered) {
        MOE_CHECK(!header.contains(tensor.name));
        header[tensor.name] = {{"dtype", type_name(tensor.type)},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + tensor.size_bytes()}}};
        offset += tensor.size_bytes();
    }
    std::string text = header.dump();
    text.resize((text.size() + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment, ' ');
    return text;
}

}  // namespace

Result<void> write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors) {
    const std::vector<NamedTensor> ordered = in_file_order(tensors);
    const std::string header = header_of(ordered);
    const std::uint64_t header_bytes = header.size();

    MOE_TRY(OutputFile file, OutputFile::create(path));
    MOE_TRY(file.write(std::as_bytes(std::span(&header_bytes, 1))));
    MOE_TRY(file.write(header));
    const auto write = [&file](std::span<const std::byte> piece) { return file.write(piece); };
    for (const NamedTensor& tensor : ordered) MOE_TRY(for_each_piece(tensor, write));
    return file.commit();
}

}  // namespace moe
