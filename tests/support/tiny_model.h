#pragma once

#include <string>
#include <vector>

#include "tests/support/gguf_image.h"

namespace moe::test {

/// The GGUF file of a two-layer qwen3moe model with all weights zero, as plain lists: a test changes an
/// entry and asks for the bytes.
///
///     TinyModel model;
///     model.set("qwen3moe.expert_used_count", GgufType::U32, std::uint32_t{9});
///     load(model.bytes());
class TinyModel {
  public:
    TinyModel();

    /// Adds or replaces a number.
    template <class T>
    void set(const std::string& key, GgufType type, T value) {
        std::string raw;
        append(raw, value);
        set_raw(key, type, raw);
    }
    void set_text(const std::string& key, const std::string& value);
    void remove(const std::string& key);

    GgufImage::Tensor& tensor(const std::string& name);
    void remove_tensor(const std::string& name);
    void add_tensor(const std::string& name, std::vector<std::uint64_t> dims, std::uint32_t type_id = 0);
    /// Gives a tensor other dimensions or another type, with as many bytes as that takes.
    void reshape(const std::string& name, std::vector<std::uint64_t> dims, std::uint32_t type_id = 0);

    std::string bytes() const;

  private:
    struct Entry {
        std::string key;
        GgufType type;
        std::string raw;
    };
    void set_raw(const std::string& key, GgufType type, const std::string& raw);

    std::vector<Entry> entries_;
    std::vector<GgufImage::Tensor> tensors_;
};

}  // namespace moe::test
