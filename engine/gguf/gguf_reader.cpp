#include "engine/gguf/gguf_reader.h"

#include <bit>
#include <utility>

#include "engine/gguf/byte_cursor.h"
#include "engine/gguf/metadata_parser.h"
#include "engine/gguf/tensor_directory.h"

namespace moe {
namespace {

constexpr std::uint32_t kMagic = 0x46554747;         // "GGUF"
constexpr std::uint32_t kMagicSwapped = 0x47475546;  // "FUGG"
// The formats before GGUF: "ggml", "ggmf" and "ggjt" as little-endian numbers.
constexpr std::uint32_t kLegacyMagics[] = {0x67676d6c, 0x67676d66, 0x67676a74};
constexpr std::size_t kDefaultAlignment = 32;

Error big_endian(const std::string& name) {
    return make_error(
        "{}: a big-endian GGUF file, which this program does not read; fetch the little-endian version",
        name);
}

Result<void> check_magic(ByteCursor& cursor) {
    if (cursor.size() < sizeof(kMagic))
        return make_error("{}: not a GGUF file; choose a .gguf file", cursor.name());
    MOE_TRY(const auto magic, cursor.read<std::uint32_t>("magic"));
    if (magic == kMagicSwapped) return big_endian(cursor.name());
    for (const std::uint32_t legacy : kLegacyMagics) {
        if (magic == legacy) {
            return make_error("{}: a GGML file from before GGUF; fetch the model as GGUF or convert it again",
                              cursor.name());
        }
    }
    if (magic != kMagic) return make_error("{}: not a GGUF file; choose a .gguf file", cursor.name());
    return {};
}

Result<std::uint32_t> parse_version(ByteCursor& cursor) {
    MOE_TRY(const auto version, cursor.read<std::uint32_t>("version"));
    if (version != 0 && version % 0x10000 == 0) return big_endian(cursor.name());
    if (version < 2 || version > 3) {
        return make_error("{}: GGUF version {}, versions 2 and 3 are read; fetch a newer file of the model",
                          cursor.name(), version);
    }
    return version;
}

Result<std::size_t> alignment_of(const GgufMetadata& metadata, const std::string& name) {
    const GgufValue* const value = metadata.find("general.alignment");
    if (value == nullptr) return kDefaultAlignment;
    const auto* const alignment = std::get_if<std::int64_t>(value);
    if (alignment == nullptr || !std::has_single_bit(static_cast<std::uint64_t>(*alignment))) {
        return make_error("{}: the metadata 'general.alignment' is not a power of two; fetch the file again",
                          name);
    }
    return static_cast<std::size_t>(*alignment);
}

Result<void> refuse_split_file(const GgufMetadata& metadata, const std::string& name) {
    MOE_TRY(const double n_parts, metadata.number_or("split.count", 1));
    if (n_parts <= 1) return {};
    MOE_TRY(const double part, metadata.number_or("split.no", 0));
    return make_error(
        "{}: part {:.0f} of a model split into {:.0f} files, which this program does not read yet; join them "
        "with `llama-gguf-split --merge`",
        name, part + 1, n_parts);
}

}  // namespace

Result<GgufReader> GgufReader::open(const std::filesystem::path& path) {
    MOE_TRY(MappedFile file, MappedFile::open(path));
    MOE_TRY(GgufReader reader, from_bytes(file.bytes(), path.string()));
    reader.file_ = std::move(file);
    return reader;
}

Result<GgufReader> GgufReader::from_bytes(std::span<const std::byte> bytes, const std::string& name) {
    ByteCursor cursor(bytes, name);
    MOE_TRY(check_magic(cursor));
    GgufReader reader;
    reader.file_size_bytes_ = bytes.size();
    MOE_TRY(reader.version_, parse_version(cursor));
    MOE_TRY(const auto n_tensors, cursor.read<std::uint64_t>("tensor count"));
    MOE_TRY(const auto n_entries, cursor.read<std::uint64_t>("metadata count"));
    MOE_TRY(reader.metadata_, parse_metadata(cursor, n_entries));
    MOE_TRY(refuse_split_file(reader.metadata_, name));
    MOE_TRY(const std::size_t alignment, alignment_of(reader.metadata_, name));
    MOE_TRY(reader.tensors_, parse_tensor_directory(cursor, n_tensors, alignment, bytes));
    for (std::size_t i = 0; i < reader.tensors_.size(); ++i) {
        reader.tensor_index_.emplace(reader.tensors_[i].name, i);
    }
    return reader;
}

const GgufTensor* GgufReader::find_tensor(std::string_view name) const {
    const auto found = tensor_index_.find(name);
    return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

}  // namespace moe
