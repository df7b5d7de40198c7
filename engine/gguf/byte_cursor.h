#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.h"
#include "engine/gguf/printable.h"

namespace moe {

static_assert(std::endian::native == std::endian::little, "GGUF numbers are read as they lie in the file");

/// Walks over a file's bytes and hands out only what is there. Errors name the file, the field and
/// its offset. Borrows the bytes.
class ByteCursor {
  public:
    ByteCursor(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

    std::size_t offset() const { return offset_; }
    std::size_t size() const { return bytes_.size(); }
    std::size_t remaining() const { return bytes_.size() - offset_; }

    /// A number of type T, little-endian, at any alignment.
    template <class T>
    requires std::integral<T> || std::floating_point<T> Result<T> read(std::string_view field) {
        field_offset_ = offset_;
        if (remaining() < sizeof(T)) return ends_inside(field, sizeof(T));
        T value;
        std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
        offset_ += sizeof(T);
        return value;
    }

    /// A string: its length in 64 bits, then that many bytes, borrowed.
    Result<std::string_view> read_string(std::string_view field) {
        MOE_TRY(const auto length, read<std::uint64_t>(field));
        if (length > remaining()) return ends_inside(field, length);
        const std::string_view text(reinterpret_cast<const char*>(bytes_.data() + offset_), length);
        offset_ += length;
        return text;
    }

    /// "FILE: the field 'X' at offset N REASON; fetch the file again", for the field read last.
    Error refuse(std::string_view field, std::string_view reason) const {
        return make_error(
            "{}: the field '{}' at offset {} {}; the file is damaged or was written by a faulty "
            "tool, fetch it again",
            name_, printable(field), field_offset_, reason);
    }

    const std::string& name() const { return name_; }  ///< of the file, for messages

  private:
    Error ends_inside(std::string_view field, std::uint64_t needed) const {
        return make_error(
            "{}: the field '{}' at offset {} needs {} bytes, the file ends after {}; resume the "
            "download or fetch the file again",
            name_, printable(field), field_offset_, needed, remaining());
    }

    std::span<const std::byte> bytes_;
    std::string name_;
    std::size_t offset_ = 0;
    std::size_t field_offset_ = 0;  // where the field read last begins
};

}  // namespace moe
