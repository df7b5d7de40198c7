#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace moe::test {

/// The value types of GGUF metadata, by their ids in the file.
enum class GgufType : std::uint32_t {
    U8 = 0,
    I8 = 1,
    U16 = 2,
    I16 = 3,
    U32 = 4,
    I32 = 5,
    F32 = 6,
    Bool = 7,
    Text = 8,
    Array = 9,
    U64 = 10,
    I64 = 11,
    F64 = 12
};

/// Appends a number as GGUF stores it.
template <class T>
void append(std::string& bytes, T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes.append(raw, sizeof(T));
}

/// Appends a text as GGUF stores it: its length, then its bytes.
void append_text(std::string& bytes, std::string_view text);

/// Writes GGUF files in memory, right or wrong: the parts and counts are open, so that a test can say
/// which of them lies.
///
///     GgufImage image;
///     image.number<std::uint32_t>("general.alignment", GgufType::U32, 32);
///     image.tensor({.name = "w", .dims = {32}, .type_id = 0, .data = std::string(128, '\0')});
///     const std::string file = image.bytes();
class GgufImage {
  public:
    struct Tensor {
        std::string name;
        std::vector<std::uint64_t> dims;
        std::uint32_t type_id = 0;
        std::string data;
        std::optional<std::uint64_t> offset = {};  ///< instead of the next free place
    };

    std::string magic = "GGUF";
    std::uint32_t version = 3;
    std::size_t alignment = 32;              ///< of the data; not written to the metadata
    std::optional<std::uint64_t> n_tensors;  ///< instead of the true number
    std::optional<std::uint64_t> n_entries;

    template <class T>
    GgufImage& number(std::string_view key, GgufType type, T value) {
        append(begin_entry(key, type), value);
        return *this;
    }
    GgufImage& text(std::string_view key, std::string_view value);
    GgufImage& texts(std::string_view key, const std::vector<std::string>& values);
    template <class T>
    GgufImage& numbers(std::string_view key, GgufType type, const std::vector<T>& values) {
        std::string& bytes = begin_entry(key, GgufType::Array);
        append(bytes, type);
        append<std::uint64_t>(bytes, values.size());
        for (const T value : values) append(bytes, value);
        return *this;
    }
    /// An entry whose value's bytes are given as they are.
    GgufImage& raw(std::string_view key, GgufType type, std::string_view value_bytes);
    GgufImage& tensor(const Tensor& tensor);

    std::string header() const;  ///< all but the data
    std::string bytes() const;   ///< the file

  private:
    std::string& begin_entry(std::string_view key, GgufType type);

    std::string entries_;
    std::string directory_;
    std::string data_;
    std::uint64_t entry_count_ = 0;
    std::uint64_t tensor_count_ = 0;
};

/// The bytes of a text, as readers take them.
inline std::span<const std::byte> as_bytes(std::string_view text) {
    return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

}  // namespace moe::test
