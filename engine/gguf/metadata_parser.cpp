#include "engine/gguf/metadata_parser.h"

#include <limits>
#include <type_traits>
#include <utility>

#include "engine/gguf/value_type.h"

namespace moe {
namespace {

using ValueType = GgufValueType;

constexpr std::uint64_t kMaxEntries = 1u << 16;
constexpr std::size_t kMaxKeyBytes = 1u << 16;
// Every element is held in up to 16 bytes; the largest vocabularies have a million elements in all.
constexpr std::uint64_t kMaxArrayElements = 1u << 25;
constexpr std::size_t kSmallestEntryBytes = 8 + 1 + 4 + 1;  // key length, key, type, value

template <class T>
Result<std::int64_t> read_integer(ByteCursor& cursor, std::string_view field) {
    MOE_TRY(const T value, cursor.read<T>(field));
    if constexpr (std::is_same_v<T, std::uint64_t>) {
        if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
            return cursor.refuse(field, fmt::format("is {}, above the range of 64-bit integers", value));
        }
    }
    return static_cast<std::int64_t>(value);
}

Result<std::int64_t> read_bool(ByteCursor& cursor, std::string_view field) {
    MOE_TRY(const auto value, cursor.read<std::uint8_t>(field));
    if (value > 1) return cursor.refuse(field, fmt::format("is {} where 0 or 1 is needed", value));
    return static_cast<std::int64_t>(value);
}

Result<std::int64_t> read_integer_of(ValueType type, ByteCursor& cursor, std::string_view field) {
    switch (type) {
        case ValueType::U8:
            return read_integer<std::uint8_t>(cursor, field);
        case ValueType::I8:
            return read_integer<std::int8_t>(cursor, field);
        case ValueType::U16:
            return read_integer<std::uint16_t>(cursor, field);
        case ValueType::I16:
            return read_integer<std::int16_t>(cursor, field);
        case ValueType::U32:
            return read_integer<std::uint32_t>(cursor, field);
        case ValueType::I32:
            return read_integer<std::int32_t>(cursor, field);
        case ValueType::U64:
            return read_integer<std::uint64_t>(cursor, field);
        case ValueType::I64:
            return read_integer<std::int64_t>(cursor, field);
        default:
            return read_bool(cursor, field);
    }
}

Result<double> read_number_of(ValueType type, ByteCursor& cursor, std::string_view field) {
    if (type == ValueType::F64) return cursor.read<double>(field);
    MOE_TRY(const auto value, cursor.read<float>(field));
    return static_cast<double>(value);
}

/// The fewest bytes a value can take, 0 for what cannot be an element of an array.
std::size_t smallest_element_bytes(ValueType type) {
    switch (type) {
        case ValueType::U8:
        case ValueType::I8:
        case ValueType::Bool:
            return 1;
        case ValueType::U16:
        case ValueType::I16:
            return 2;
        case ValueType::U32:
        case ValueType::I32:
        case ValueType::F32:
            return 4;
        case ValueType::U64:
        case ValueType::I64:
        case ValueType::F64:
        case ValueType::Text:
            return 8;
        case ValueType::Array:
            break;
    }
    return 0;
}

/// Reads `count` elements one by one into the memory that the caller checked.
template <class T, class ReadElement>
Result<GgufValue> read_elements(std::uint64_t count, ReadElement read_element) {
    std::vector<T> elements;
    elements.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        MOE_TRY(const T element, read_element());
        elements.push_back(element);
    }
    return GgufValue(GgufArray(std::move(elements)));
}

/// `budget` is the number of elements that all arrays of the file together may still have.
Result<GgufValue> read_array(ByteCursor& cursor, std::string_view field, std::uint64_t& budget) {
    MOE_TRY(const auto type_id, cursor.read<std::uint32_t>(field));
    const auto type = static_cast<ValueType>(type_id);
    const std::size_t element_bytes = smallest_element_bytes(type);
    if (type == ValueType::Array) return cursor.refuse(field, "is a list of lists, which nobody defines");
    if (element_bytes == 0)
        return cursor.refuse(field, fmt::format("has the unknown element type {}", type_id));

    MOE_TRY(const auto count, cursor.read<std::uint64_t>(field));
    if (count > cursor.remaining() / element_bytes) {
        return cursor.refuse(
            field, fmt::format("promises {} elements, more than the rest of the file holds", count));
    }
    if (count > budget)
        return cursor.refuse(field, fmt::format("has {} elements, more than this program reads", count));
    budget -= count;

    if (type == ValueType::Text) {
        return read_elements<std::string_view>(count, [&] { return cursor.read_string(field); });
    }
    if (type == ValueType::F32 || type == ValueType::F64) {
        return read_elements<double>(count, [&] { return read_number_of(type, cursor, field); });
    }
    return read_elements<std::int64_t>(count, [&] { return read_integer_of(type, cursor, field); });
}

Result<GgufValue> read_value(ByteCursor& cursor, std::string_view field, ValueType type,
                             std::uint64_t& budget) {
    if (type == ValueType::Array) return read_array(cursor, field, budget);
    if (type == ValueType::Text) {
        MOE_TRY(const std::string_view text, cursor.read_string(field));
        return GgufValue(text);
    }
    if (type == ValueType::F32 || type == ValueType::F64) {
        MOE_TRY(const double number, read_number_of(type, cursor, field));
        return GgufValue(number);
    }
    if (smallest_element_bytes(type) == 0) {
        return cursor.refuse(field, fmt::format("has the unknown type {}", static_cast<std::uint32_t>(type)));
    }
    MOE_TRY(const std::int64_t integer, read_integer_of(type, cursor, field));
    if (type == ValueType::Bool) return GgufValue(integer != 0);
    return GgufValue(integer);
}

Result<void> parse_entry(ByteCursor& cursor, GgufMetadata& metadata, std::uint64_t& budget) {
    MOE_TRY(const std::string_view key, cursor.read_string("metadata key"));
    if (key.empty() || key.size() > kMaxKeyBytes) {
        return cursor.refuse("metadata key",
                             fmt::format("has {} bytes where 1 to {} are allowed", key.size(), kMaxKeyBytes));
    }
    if (metadata.contains(key)) return cursor.refuse(key, "is there twice");
    MOE_TRY(const auto type_id, cursor.read<std::uint32_t>(key));
    const auto type = static_cast<ValueType>(type_id);
    if (key == "general.alignment" && type != ValueType::U32) {
        return cursor.refuse(key, "is not of the type that the format asks for, a 32-bit unsigned integer");
    }
    MOE_TRY(GgufValue value, read_value(cursor, key, type, budget));
    return metadata.insert(std::string(key), std::move(value));
}

}  // namespace

Result<GgufMetadata> parse_metadata(ByteCursor& cursor, std::uint64_t n_entries) {
    if (n_entries > kMaxEntries || n_entries > cursor.remaining() / kSmallestEntryBytes) {
        return cursor.refuse("metadata count", fmt::format("is {}, more than the file holds", n_entries));
    }
    GgufMetadata metadata;
    std::uint64_t budget = kMaxArrayElements;
    for (std::uint64_t entry = 0; entry < n_entries; ++entry) MOE_TRY(parse_entry(cursor, metadata, budget));
    return metadata;
}

}  // namespace moe
