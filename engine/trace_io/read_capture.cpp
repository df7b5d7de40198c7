// Tells other programs' files apart by their content and takes out the arrays: zip archives of .npy files,
// single .npy files, safetensors, and server replies in JSON (reply_json.cpp).

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "engine/trace_io/foreign_array.h"
#include "engine/trace_io/reply_json.h"

namespace moe {
namespace {

constexpr std::size_t kZipEndBytes = 22;
constexpr std::size_t kMostZipComment = 65'535;
constexpr std::size_t kZipEntryBytes = 46;
constexpr std::size_t kZipLocalBytes = 30;

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::size_t number_at(std::string_view file, std::size_t offset, std::size_t n_bytes) {
    std::size_t number = 0;
    std::memcpy(&number, file.data() + offset, n_bytes);
    return number;
}

/// A line of a zip archive's directory.
struct ZipEntry {
    std::string name;
    std::size_t method = 0;
    std::size_t size = 0;
    std::size_t offset = 0;  ///< of the member's own header
};

/// PKWARE's APPNOTE 4.3.12; none where the archive is cut or damaged.
std::optional<std::vector<ZipEntry>> zip_directory(std::string_view file) {
    if (file.size() < kZipEndBytes) return std::nullopt;
    const std::size_t searched = file.size() - std::min(file.size(), kZipEndBytes + kMostZipComment);
    const std::size_t end = file.rfind("PK\x05\x06");
    if (end == std::string_view::npos || end < searched || file.size() - end < kZipEndBytes)
        return std::nullopt;
    std::size_t at = number_at(file, end + 16, 4);
    std::vector<ZipEntry> entries;
    for (std::size_t n_left = number_at(file, end + 10, 2); n_left > 0; --n_left) {
        if (at > end || end - at < kZipEntryBytes || !file.substr(at).starts_with("PK\x01\x02"))
            return std::nullopt;
        const std::size_t name_bytes = number_at(file, at + 28, 2);
        const std::size_t extra_bytes = number_at(file, at + 30, 2) + number_at(file, at + 32, 2);
        if (end - at - kZipEntryBytes < name_bytes + extra_bytes) return std::nullopt;
        entries.push_back({.name = std::string(file.substr(at + kZipEntryBytes, name_bytes)),
                           .method = number_at(file, at + 10, 2),
                           .size = number_at(file, at + 24, 4),
                           .offset = number_at(file, at + 42, 4)});
        at += kZipEntryBytes + name_bytes + extra_bytes;
    }
    return entries;
}

Result<void> read_npz(const std::string& path, Capture& capture) {
    const std::string_view file = text_of(capture.file.bytes());
    const auto entries = zip_directory(file);
    if (!entries) return make_error("{}: is a zip archive that is cut or damaged; save it again", path);
    for (const ZipEntry& entry : *entries) {
        if (!entry.name.ends_with(".npy")) continue;
        if (entry.method != 0) {
            return make_error(
                "{}: its arrays are compressed; save them with numpy.savez, not savez_compressed", path);
        }
        const std::size_t room = file.size() - std::min(file.size(), entry.offset);
        if (room < kZipLocalBytes) return make_error("{}: {} is cut; save it again", path, entry.name);
        const std::size_t skipped =
            kZipLocalBytes + number_at(file, entry.offset + 26, 2) + number_at(file, entry.offset + 28, 2);
        if (room < skipped || room - skipped < entry.size)
            return make_error("{}: {} is cut; save it again", path, entry.name);
        MOE_TRY(ForeignArray array,
                parse_npy(capture.file.bytes().subspan(entry.offset + skipped, entry.size),
                          path + ": " + entry.name));
        capture.arrays[entry.name.substr(0, entry.name.size() - 4)] = std::move(array);
    }
    return {};
}

std::optional<ForeignType> safetensors_type(const std::string& name) {
    constexpr std::pair<const char*, ForeignType> kTypes[] = {
        {"U8", ForeignType::U8},     {"I8", ForeignType::I8},   {"U16", ForeignType::U16},
        {"I16", ForeignType::I16},   {"U32", ForeignType::U32}, {"I32", ForeignType::I32},
        {"U64", ForeignType::U64},   {"I64", ForeignType::I64}, {"F16", ForeignType::F16},
        {"BF16", ForeignType::BF16}, {"F32", ForeignType::F32}, {"F64", ForeignType::F64}};
    for (const auto& [known, type] : kTypes) {
        if (name == known) return type;
    }
    return std::nullopt;
}

/// An entry of the header; none where it does not fit the `data` behind the header.
std::optional<ForeignArray> safetensors_array(const nlohmann::json& entry, std::span<const std::byte> data) {
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string()) return std::nullopt;
    const auto type = safetensors_type(entry["dtype"].get<std::string>());
    const auto numbers = [&](const char* key) -> std::optional<std::vector<std::size_t>> {
        if (!entry.contains(key) || !entry[key].is_array()) return std::nullopt;
        std::vector<std::size_t> values;
        for (const auto& value : entry[key]) {
            if (!value.is_number_unsigned()) return std::nullopt;
            values.push_back(value.get<std::size_t>());
        }
        return values;
    };
    const auto shape = numbers("shape");
    const auto offsets = numbers("data_offsets");
    if (!type || !shape || !offsets || offsets->size() != 2) return std::nullopt;
    if ((*offsets)[0] > (*offsets)[1] || (*offsets)[1] > data.size()) return std::nullopt;
    ForeignArray array{.type = *type,
                       .text_length = 0,
                       .shape = *shape,
                       .bytes = data.subspan((*offsets)[0], (*offsets)[1] - (*offsets)[0])};
    if (!is_consistent(array)) return std::nullopt;
    return array;
}

Result<void> read_safetensors(const std::string& path, Capture& capture) {
    const std::string_view file = text_of(capture.file.bytes());
    const std::size_t header_bytes = number_at(file, 0, 8);
    const auto header =
        nlohmann::json::parse(file.substr(8, header_bytes), nullptr, /*allow_exceptions=*/false);
    if (!header.is_object()) return make_error("{}: its safetensors header is damaged; save it again", path);
    const std::span<const std::byte> data = capture.file.bytes().subspan(8 + header_bytes);
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") continue;
        const auto array = safetensors_array(entry, data);
        if (!array) return make_error("{}: its array {} does not fit the file; save it again", path, name);
        capture.arrays[name] = *array;
    }
    return {};
}

bool looks_like_safetensors(std::string_view file) {
    return file.size() > 9 && number_at(file, 0, 8) <= file.size() - 8 && file[8] == '{';
}

}  // namespace

Result<Capture> read_capture(const std::filesystem::path& path) {
    Capture capture;
    MOE_TRY(capture.file, MappedFile::open(path));
    const std::string name = path.string();
    const std::string_view file = text_of(capture.file.bytes());
    if (file.starts_with("PK\x03\x04")) {
        MOE_TRY(read_npz(name, capture));
    } else if (file.starts_with("\x93NUMPY")) {
        MOE_TRY(capture.arrays["routed_experts"], parse_npy(capture.file.bytes(), name));
    } else if (looks_like_safetensors(file)) {
        MOE_TRY(read_safetensors(name, capture));
    } else if (file.find_first_not_of(" \t\r\n") != std::string_view::npos &&
               file[file.find_first_not_of(" \t\r\n")] == '{') {
        MOE_TRY(read_reply(name, capture));
    } else {
        return make_error(
            "{}: is neither a trace nor a .npz, .npy, .safetensors or JSON file; choose one of them", name);
    }
    return capture;
}

}  // namespace moe
