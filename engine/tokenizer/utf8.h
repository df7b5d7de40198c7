#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace moe {

/// Stands for a byte that is not part of well-formed UTF-8; outside Unicode, so that no text means it.
constexpr char32_t kInvalidByte = 0x110000;

struct DecodedCodePoint {
    char32_t value = kInvalidByte;
    std::size_t size_bytes = 1;
};

/// The code point at `offset`, or one invalid byte. Strict: no overlong forms, no surrogates.
DecodedCodePoint decode_utf8(std::string_view text, std::size_t offset);

/// Appends a code point of Unicode.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace moe
