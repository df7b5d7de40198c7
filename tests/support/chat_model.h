#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/gguf_image.h"

namespace moe::test {

/// Writes a copy of the model file `from` that names the chat template `jinja` to `to`.
inline void write_model_with_chat(const std::filesystem::path& from, const std::filesystem::path& to,
                                  std::string jinja) {
    constexpr std::size_t kCountAt = 16, kEntriesAt = 24;  // of a GGUF header
    constexpr std::size_t kAlignment = 32;                 // what comes after keeps its place
    std::ifstream stream(from, std::ios::binary);
    std::string file{std::istreambuf_iterator<char>(stream), {}};
    std::string entry;
    do {
        entry.clear();
        jinja += ' ';
        append_text(entry, "tokenizer.chat_template");
        append(entry, GgufType::Text);
        append_text(entry, jinja);
    } while (entry.size() % kAlignment != 0);
    std::uint64_t n_entries = 0;
    std::memcpy(&n_entries, file.data() + kCountAt, sizeof n_entries);
    ++n_entries;
    std::memcpy(file.data() + kCountAt, &n_entries, sizeof n_entries);
    file.insert(kEntriesAt, entry);
    std::ofstream(to, std::ios::binary) << file;
}

}  // namespace moe::test
