#include "tests/support/gguf_image.h"

namespace moe::test {
namespace {

void pad(std::string& bytes, std::size_t alignment) {
    while (bytes.size() % alignment != 0) bytes.push_back('\0');
}

}  // namespace

void append_text(std::string& bytes, std::string_view text) {
    append<std::uint64_t>(bytes, text.size());
    bytes.append(text);
}

std::string& GgufImage::begin_entry(std::string_view key, GgufType type) {
    append_text(entries_, key);
    append(entries_, type);
    ++entry_count_;
    return entries_;
}

GgufImage& GgufImage::text(std::string_view key, std::string_view value) {
    append_text(begin_entry(key, GgufType::Text), value);
    return *this;
}

GgufImage& GgufImage::texts(std::string_view key, const std::vector<std::string>& values) {
    std::string& bytes = begin_entry(key, GgufType::Array);
    append(bytes, GgufType::Text);
    append<std::uint64_t>(bytes, values.size());
    for (const std::string& value : values) append_text(bytes, value);
    return *this;
}

GgufImage& GgufImage::raw(std::string_view key, GgufType type, std::string_view value_bytes) {
    begin_entry(key, type).append(value_bytes);
    return *this;
}

GgufImage& GgufImage::tensor(const Tensor& tensor) {
    pad(data_, alignment);
    append_text(directory_, tensor.name);
    append(directory_, static_cast<std::uint32_t>(tensor.dims.size()));
    for (const std::uint64_t dim : tensor.dims) append(directory_, dim);
    append(directory_, tensor.type_id);
    append(directory_, tensor.offset.value_or(data_.size()));
    data_ += tensor.data;
    ++tensor_count_;
    return *this;
}

std::string GgufImage::header() const {
    std::string bytes = magic;
    append(bytes, version);
    append(bytes, n_tensors.value_or(tensor_count_));
    append(bytes, n_entries.value_or(entry_count_));
    return bytes + entries_ + directory_;
}

std::string GgufImage::bytes() const {
    std::string bytes = header();
    if (!data_.empty()) pad(bytes, alignment);
    return bytes + data_;
}

}  // namespace moe::test
