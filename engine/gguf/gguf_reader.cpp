#include "engine/gguf/gguf_reader.h"

#include <bit>
#include <utility>

#include "engine/gguf/byte_cursor.h"
#include "engine/gguf/metadata_parser.h"
#include "engine/gguf/printable.h"
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

/// All parts must agree on what they are parts of.
Result<void> check_same_split(const std::optional<SplitPart>& found, const SplitPart& expected,
                              const std::string& name) {
    if (!found) {
        return make_error("{}: a whole file where part {} of {} is needed; fetch the part again", name,
                          expected.index + 1, expected.count);
    }
    if (found->index == expected.index && found->count == expected.count &&
        found->n_tensors == expected.n_tensors) {
        return {};
    }
    return make_error(
        "{}: says that it is part {} of {} with {} tensors in all, where part {} of {} with {} tensors is "
        "needed; "
        "fetch all parts of one model again",
        name, found->index + 1, found->count, found->n_tensors, expected.index + 1, expected.count,
        expected.n_tensors);
}

}  // namespace

Result<GgufReader> GgufReader::open(const std::filesystem::path& path) {
    MOE_TRY(GgufReader reader, open_one(path));
    MOE_TRY(const std::optional<SplitPart> part, read_split_part(reader.metadata_, path.string()));
    if (!part) return reader;
    return open_parts(path, *part);
}

Result<GgufReader> GgufReader::from_bytes(std::span<const std::byte> bytes, const std::string& name) {
    MOE_TRY(GgufReader reader, parse(bytes, name));
    MOE_TRY(const std::optional<SplitPart> part, read_split_part(reader.metadata_, name));
    if (!part) return reader;
    return make_error("{}: part {} of a model split into {} files; open it from a folder that has them all",
                      name, part->index + 1, part->count);
}

Result<GgufReader> GgufReader::open_one(const std::filesystem::path& path) {
    MOE_TRY(MappedFile file, MappedFile::open(path));
    MOE_TRY(GgufReader reader, parse(file.bytes(), path.string()));
    reader.files_.push_back(std::move(file));
    return reader;
}

Result<GgufReader> GgufReader::open_parts(const std::filesystem::path& path, const SplitPart& part) {
    GgufReader whole;
    for (std::size_t index = 0; index < part.count; ++index) {
        MOE_TRY(const std::filesystem::path part_path, path_of_part(path, part, index));
        std::error_code unknown;
        if (!std::filesystem::exists(part_path, unknown) && !unknown) {
            return make_error(
                "{}: part {} of a model split into {} files is missing; fetch it into the same folder",
                part_path.string(), index + 1, part.count);
        }
        MOE_TRY(GgufReader reader, open_one(part_path));
        MOE_TRY(const auto found, read_split_part(reader.metadata_, part_path.string()));
        const SplitPart expected{.index = index, .count = part.count, .n_tensors = part.n_tensors};
        MOE_TRY(check_same_split(found, expected, part_path.string()));
        if (index == 0) {
            whole = std::move(reader);
        } else {
            MOE_TRY(whole.append(std::move(reader), part_path.string()));
        }
    }
    if (whole.tensors_.size() != part.n_tensors) {
        return make_error("{}: its {} parts have {} tensors where {} are promised; fetch all parts again",
                          path.string(), part.count, whole.tensors_.size(), part.n_tensors);
    }
    return whole;
}

Result<void> GgufReader::append(GgufReader part, const std::string& name) {
    for (GgufTensor& tensor : part.tensors_) {
        if (!tensor_index_.emplace(tensor.name, tensors_.size()).second) {
            return make_error("{}: the tensor '{}' is in an earlier part already; fetch all parts again",
                              name, printable(tensor.name));
        }
        tensors_.push_back(std::move(tensor));
    }
    for (MappedFile& file : part.files_) files_.push_back(std::move(file));
    file_size_bytes_ += part.file_size_bytes_;
    ++n_files_;
    return {};
}

Result<GgufReader> GgufReader::parse(std::span<const std::byte> bytes, const std::string& name) {
    ByteCursor cursor(bytes, name);
    MOE_TRY(check_magic(cursor));
    GgufReader reader;
    reader.file_size_bytes_ = bytes.size();
    MOE_TRY(reader.version_, parse_version(cursor));
    MOE_TRY(const auto n_tensors, cursor.read<std::uint64_t>("tensor count"));
    MOE_TRY(const auto n_entries, cursor.read<std::uint64_t>("metadata count"));
    MOE_TRY(reader.metadata_, parse_metadata(cursor, n_entries));
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
