#pragma once

#include <string>
#include <string_view>

#include "engine/tokenizer/pretokenizer.h"

namespace moe::test {

/// The words of `text` with bars between them: "It|'s| here".
inline std::string split(std::string_view name, std::string_view text) {
    const Pretokenizer* const pretokenizer = find_pretokenizer(name);
    if (pretokenizer == nullptr) return "no such pre-tokenizer";
    std::string words;
    for (const std::string_view word : split_words(*pretokenizer, text)) {
        if (!words.empty()) words += "|";
        words += word;
    }
    return words;
}

}  // namespace moe::test
