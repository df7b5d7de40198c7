#include "engine/trace_io/foreign_array.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "engine/base/half_float.h"

namespace moe {
namespace {

constexpr std::size_t kMostDimensions = 8;

template <class T>
T value_at(std::span<const std::byte> bytes, std::size_t index) {
    T value;
    std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
    return value;
}

void append_utf8(std::string& text, std::uint32_t code) {
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
    const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0 | code >> 12);
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0 | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

constexpr std::array<std::pair<std::string_view, ForeignType>, 13> kNumpyTypes{{{"u1", ForeignType::U8},
                                                                                {"i1", ForeignType::I8},
                                                                                {"u2", ForeignType::U16},
                                                                                {"i2", ForeignType::I16},
                                                                                {"u4", ForeignType::U32},
                                                                                {"i4", ForeignType::I32},
                                                                                {"u8", ForeignType::U64},
                                                                                {"i8", ForeignType::I64},
                                                                                {"f2", ForeignType::F16},
                                                                                {"f4", ForeignType::F32},
                                                                                {"f8", ForeignType::F64},
                                                                                {"b1", ForeignType::U8},
                                                                                {"U", ForeignType::Text}}};

/// What stands behind `key` in the header's dictionary.
std::string_view entry_of(std::string_view header, std::string_view key) {
    const std::size_t at = header.find(key);
    if (at == std::string_view::npos) return {};
    header.remove_prefix(at + key.size());
    const std::size_t begin = header.find_first_not_of(" :");
    return begin == std::string_view::npos ? std::string_view() : header.substr(begin);
}

bool parse_type(std::string_view entry, ForeignArray& array) {
    if (entry.size() < 4 || (entry[0] != '\'' && entry[0] != '"')) return false;
    entry = entry.substr(1, entry.find(entry[0], 1) - 1);
    if (entry.starts_with('>')) return false;  // big-endian
    if (entry.starts_with('<') || entry.starts_with('|') || entry.starts_with('=')) entry.remove_prefix(1);
    for (const auto& [name, type] : kNumpyTypes) {
        if (type != ForeignType::Text ? entry != name : !entry.starts_with(name)) continue;
        array.type = type;
        if (type != ForeignType::Text) return true;
        entry.remove_prefix(1);
        const auto parsed = std::from_chars(entry.data(), entry.data() + entry.size(), array.text_length);
        return parsed.ec == std::errc() && array.text_length < (1u << 20);
    }
    return false;
}

bool parse_shape(std::string_view entry, std::vector<std::size_t>& shape) {
    if (!entry.starts_with('(') || entry.find(')') == std::string_view::npos) return false;
    entry = entry.substr(1, entry.find(')') - 1);
    while (true) {
        const std::size_t begin = entry.find_first_not_of(" ,");
        if (begin == std::string_view::npos) return true;
        entry.remove_prefix(begin);
        std::size_t size = 0;
        const auto parsed = std::from_chars(entry.data(), entry.data() + entry.size(), size);
        if (parsed.ec != std::errc() || shape.size() == kMostDimensions) return false;
        shape.push_back(size);
        entry.remove_prefix(static_cast<std::size_t>(parsed.ptr - entry.data()));
    }
}

}  // namespace

std::size_t size_of(ForeignType type) {
    constexpr std::array<std::size_t, 13> kSizes{1, 1, 2, 2, 4, 4, 8, 8, 2, 2, 4, 8, 0};
    return kSizes[static_cast<std::size_t>(type)];
}

std::size_t ForeignArray::size() const {
    std::size_t n_values = 1;
    for (const std::size_t length : shape) n_values *= length;
    return n_values;
}

std::int64_t ForeignArray::integer(std::size_t index) const {
    switch (type) {
        case ForeignType::U8:
            return value_at<std::uint8_t>(bytes, index);
        case ForeignType::I8:
            return value_at<std::int8_t>(bytes, index);
        case ForeignType::U16:
            return value_at<std::uint16_t>(bytes, index);
        case ForeignType::I16:
            return value_at<std::int16_t>(bytes, index);
        case ForeignType::U32:
            return value_at<std::uint32_t>(bytes, index);
        case ForeignType::I32:
            return value_at<std::int32_t>(bytes, index);
        default:
            MOE_CHECK(is_integer());
            return value_at<std::int64_t>(bytes, index);
    }
}

float ForeignArray::number(std::size_t index) const {
    switch (type) {
        case ForeignType::F16:
            return float_from_half(value_at<std::uint16_t>(bytes, index));
        case ForeignType::BF16:
            return std::bit_cast<float>(static_cast<std::uint32_t>(value_at<std::uint16_t>(bytes, index))
                                        << 16);
        case ForeignType::F32:
            return value_at<float>(bytes, index);
        case ForeignType::F64:
            return static_cast<float>(value_at<double>(bytes, index));
        default:
            return static_cast<float>(integer(index));
    }
}

std::string ForeignArray::text(std::size_t index) const {
    MOE_CHECK(is_text());
    std::string out;
    for (std::size_t at = 0; at < text_length; ++at) {
        const auto code = value_at<std::uint32_t>(bytes, index * text_length + at);
        if (code == 0) break;
        append_utf8(out, code);
    }
    return out;
}

bool is_consistent(const ForeignArray& array) {
    std::size_t n_bytes = array.is_text() ? 4 * array.text_length : size_of(array.type);
    if (array.shape.size() > kMostDimensions) return false;
    for (const std::size_t length : array.shape) {
        if (length != 0 && n_bytes > std::numeric_limits<std::size_t>::max() / length) return false;
        n_bytes *= length;
    }
    return n_bytes == array.bytes.size();
}

Result<ForeignArray> parse_npy(std::span<const std::byte> bytes, const std::string& what) {
    constexpr std::string_view kMagic("\x93NUMPY", 6);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const Error damaged =
        make_error("{}: is not a numpy array of numbers that can be read; save it again", what);
    if (text.size() < 12 || !text.starts_with(kMagic)) return damaged;
    const bool is_old = text[6] == 1;
    const std::size_t begin = is_old ? 10 : 12;
    const std::size_t length =
        is_old ? value_at<std::uint16_t>(bytes.subspan(8), 0) : value_at<std::uint32_t>(bytes.subspan(8), 0);
    if (length > text.size() - begin) return damaged;
    const std::string_view header = text.substr(begin, length);
    ForeignArray array;
    array.bytes = bytes.subspan(begin + length);
    if (!parse_type(entry_of(header, "'descr'"), array) ||
        !parse_shape(entry_of(header, "'shape'"), array.shape))
        return damaged;
    if (entry_of(header, "'fortran_order'").starts_with("True") && array.shape.size() > 1) {
        return make_error("{}: is in Fortran order; save numpy.ascontiguousarray of it", what);
    }
    if (!is_consistent(array)) {
        return make_error("{}: has {} bytes of values, which does not fit its shape; save it again", what,
                          array.bytes.size());
    }
    return array;
}

}  // namespace moe
