#include "engine/gguf/gguf_header.h"

#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "engine/base/check.h"

namespace moe {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF numbers are written as they lie in memory");

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint32_t kVersion = 3;

template <class T>
void append(std::string& bytes, T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes.append(raw, sizeof(T));
}

void append_text(std::string& bytes, std::string_view text) {
    append<std::uint64_t>(bytes, text.size());
    bytes.append(text);
}

void append_tensor(std::string& bytes, const PlannedTensor& tensor, std::size_t offset) {
    append_text(bytes, tensor.name);
    append(bytes, static_cast<std::uint32_t>(tensor.dims.size()));
    for (const std::size_t dim : tensor.dims) append<std::uint64_t>(bytes, dim);
    append(bytes, tensor.type);
    append<std::uint64_t>(bytes, offset);
}

}  // namespace

std::size_t PlannedTensor::n_values() const {
    std::size_t n = 1;
    for (const std::size_t dim : dims) n *= dim;
    return n;
}

std::size_t PlannedTensor::size_bytes() const {
    const BlockLayout layout = block_layout(type);
    return n_values() / layout.values * layout.size_bytes;
}

std::string& GgufHeader::begin_entry(std::string_view key, GgufValueType type) {
    append_text(entries_, key);
    append(entries_, type);
    ++n_entries_;
    return entries_;
}

GgufHeader& GgufHeader::text(std::string_view key, std::string_view value) {
    append_text(begin_entry(key, GgufValueType::Text), value);
    return *this;
}

GgufHeader& GgufHeader::size(std::string_view key, std::size_t value) {
    MOE_CHECK(value <= std::numeric_limits<std::uint32_t>::max());
    append(begin_entry(key, GgufValueType::U32), static_cast<std::uint32_t>(value));
    return *this;
}

GgufHeader& GgufHeader::short_size(std::string_view key, std::size_t value) {
    MOE_CHECK(value <= std::numeric_limits<std::uint16_t>::max());
    append(begin_entry(key, GgufValueType::U16), static_cast<std::uint16_t>(value));
    return *this;
}

GgufHeader& GgufHeader::number(std::string_view key, float value) {
    append(begin_entry(key, GgufValueType::F32), value);
    return *this;
}

GgufHeader& GgufHeader::flag(std::string_view key, bool value) {
    append(begin_entry(key, GgufValueType::Bool), static_cast<std::uint8_t>(value));
    return *this;
}

GgufHeader& GgufHeader::texts(std::string_view key, std::span<const std::string> values) {
    std::string& bytes = begin_entry(key, GgufValueType::Array);
    append(bytes, GgufValueType::Text);
    append<std::uint64_t>(bytes, values.size());
    for (const std::string& value : values) append_text(bytes, value);
    return *this;
}

GgufHeader& GgufHeader::integers(std::string_view key, std::span<const std::int32_t> values) {
    std::string& bytes = begin_entry(key, GgufValueType::Array);
    append(bytes, GgufValueType::I32);
    append<std::uint64_t>(bytes, values.size());
    for (const std::int32_t value : values) append(bytes, value);
    return *this;
}

GgufHeader& GgufHeader::tensor(PlannedTensor tensor) {
    tensors_.push_back(std::move(tensor));
    return *this;
}

std::string GgufHeader::bytes() const {
    std::string bytes(kMagic);
    append(bytes, kVersion);
    append<std::uint64_t>(bytes, tensors_.size());
    append<std::uint64_t>(bytes, n_entries_);
    bytes += entries_;
    std::size_t offset = 0;
    for (const PlannedTensor& tensor : tensors_) {
        append_tensor(bytes, tensor, offset);
        offset += aligned(tensor.size_bytes());
    }
    bytes.resize(aligned(bytes.size()));
    return bytes;
}

}  // namespace moe
