#include "engine/trace_io/npz.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/output_file.h"

namespace moe {
namespace {

constexpr std::size_t kNpyAlignment = 64;
constexpr std::uint64_t kZipLimit = 0xFFFF'FFFFu;
constexpr std::uint16_t kZipVersion = 20;
/// The first day that a zip archive can name: the file says nothing about when it was made.
constexpr std::uint16_t kFirstZipDate = (1u << 5) | 1u;

/// CRC-32 of ISO 3309 as zip has it (reflected polynomial 0xEDB88320).
class Crc32 {
  public:
    void add(std::span<const std::byte> bytes) {
        static const std::array<std::uint32_t, 256> table = make_table();
        for (const std::byte byte : bytes) {
            state_ = table[(state_ ^ std::to_integer<std::uint32_t>(byte)) & 0xFFu] ^ (state_ >> 8);
        }
    }
    std::uint32_t value() const { return ~state_; }

  private:
    static std::array<std::uint32_t, 256> make_table() {
        std::array<std::uint32_t, 256> table = {};
        for (std::uint32_t index = 0; index < table.size(); ++index) {
            std::uint32_t entry = index;
            for (int bit = 0; bit < 8; ++bit)
                entry = (entry & 1u) != 0 ? (entry >> 1) ^ 0xEDB88320u : entry >> 1;
            table[index] = entry;
        }
        return table;
    }
    std::uint32_t state_ = 0xFFFF'FFFFu;
};

void append_number(std::string& text, std::uint64_t value, int n_bytes) {
    for (int byte = 0; byte < n_bytes; ++byte) text += static_cast<char>((value >> (8 * byte)) & 0xFF);
}

/// The header of a .npy file, version 1.0: magic, size, and a Python dictionary padded to the alignment.
std::string npy_header(const NamedTensor& tensor) {
    const char* type = tensor.type == TensorType::F32   ? "<f4"
                       : tensor.type == TensorType::I32 ? "<i4"
                                                        : "|u1";
    std::string shape;
    for (const std::size_t size : tensor.shape) shape += fmt::format("{}, ", size);
    if (tensor.shape.size() > 1) shape.resize(shape.size() - 2);
    if (tensor.shape.size() == 1) shape.pop_back();
    std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, shape);
    constexpr std::size_t kPrefixBytes = 10;
    const std::size_t padded = (kPrefixBytes + text.size() + kNpyAlignment) / kNpyAlignment * kNpyAlignment;
    text.resize(padded - kPrefixBytes - 1, ' ');
    text += '\n';

    std::string header("\x93NUMPY\x01\x00", 8);
    append_number(header, text.size(), 2);
    return header + text;
}

struct Member {
    std::string name;
    std::string header;  ///< of the .npy file
    std::uint32_t crc = 0;
    std::uint64_t size_bytes = 0;
    std::uint64_t offset = 0;
};

/// What the member's own header and its line in the directory have in common.
std::string zip_fields(const Member& member) {
    std::string fields;
    append_number(fields, kZipVersion, 2);
    append_number(fields, 0, 2);  // flags
    append_number(fields, 0, 2);  // stored
    append_number(fields, 0, 2);  // time
    append_number(fields, kFirstZipDate, 2);
    append_number(fields, member.crc, 4);
    append_number(fields, member.size_bytes, 4);
    append_number(fields, member.size_bytes, 4);
    append_number(fields, member.name.size(), 2);
    append_number(fields, 0, 2);  // extra field
    return fields;
}

std::string directory_line(const Member& member) {
    std::string line("PK\x01\x02", 4);
    append_number(line, kZipVersion, 2);
    line += zip_fields(member);
    append_number(line, 0, 2);  // comment
    append_number(line, 0, 2);  // disk
    append_number(line, 0, 2);  // internal attributes
    append_number(line, 0, 4);  // external attributes
    append_number(line, member.offset, 4);
    return line + member.name;
}

std::string end_of_directory(std::size_t n_members, std::uint64_t size_bytes, std::uint64_t offset) {
    std::string end("PK\x05\x06", 4);
    append_number(end, 0, 4);  // disks
    append_number(end, n_members, 2);
    append_number(end, n_members, 2);
    append_number(end, size_bytes, 4);
    append_number(end, offset, 4);
    append_number(end, 0, 2);  // comment
    return end;
}

/// Reads the array once, for its checksum stands before it.
Result<Member> member_of(const NamedTensor& tensor, std::uint64_t offset) {
    Member member{.name = tensor.name + ".npy",
                  .header = npy_header(tensor),
                  .crc = 0,
                  .size_bytes = 0,
                  .offset = offset};
    member.size_bytes = member.header.size() + tensor.size_bytes();
    Crc32 crc;
    crc.add(std::as_bytes(std::span(member.header)));
    MOE_TRY(for_each_piece(tensor, [&crc](std::span<const std::byte> piece) -> Result<void> {
        crc.add(piece);
        return {};
    }));
    member.crc = crc.value();
    return member;
}

/// Whether the classic zip format can hold the arrays.
bool fits(std::span<const NamedTensor> tensors) {
    constexpr std::uint64_t kMostHeaderBytes = 1024;  // of a member, with its line in the directory
    std::uint64_t n_bytes = 0;
    for (const NamedTensor& tensor : tensors) {
        n_bytes += kMostHeaderBytes + tensor.size_bytes();
        if (n_bytes > kZipLimit) return false;
    }
    return true;
}

}  // namespace

Result<void> write_npz(const std::filesystem::path& path, std::span<const NamedTensor> tensors) {
    if (!fits(tensors)) {
        return make_error("{}: cannot hold more than 4 GiB; write a .safetensors file", path.string());
    }
    MOE_TRY(OutputFile file, OutputFile::create(path));
    const auto write = [&file](std::span<const std::byte> piece) { return file.write(piece); };
    std::string directory;
    std::uint64_t offset = 0;
    for (const NamedTensor& tensor : in_file_order(tensors)) {
        MOE_TRY(const Member member, member_of(tensor, offset));
        const std::string header = std::string("PK\x03\x04", 4) + zip_fields(member) + member.name;
        offset += header.size() + member.size_bytes;
        MOE_TRY(file.write(header));
        MOE_TRY(file.write(member.header));
        MOE_TRY(for_each_piece(tensor, write));
        directory += directory_line(member);
    }
    MOE_TRY(file.write(directory));
    MOE_TRY(file.write(end_of_directory(tensors.size(), directory.size(), offset)));
    return file.commit();
}

}  // namespace moe
