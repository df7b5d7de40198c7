#include "engine/tokenizer/utf8.h"

#include "engine/base/check.h"

namespace moe {
namespace {

/// What the first byte of a sequence says. `low` is the smallest code point that needs this length.
struct Lead {
    std::size_t n_bytes;
    char32_t bits;
    char32_t low;
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, byte, 0};
    if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1Fu, 0x80};
    if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0Fu, 0x800};
    if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07u, 0x10000};
    return {0, 0, 0};
}

}  // namespace

DecodedCodePoint decode_utf8(std::string_view text, std::size_t offset) {
    MOE_CHECK(offset < text.size());
    const Lead lead = lead_of(static_cast<unsigned char>(text[offset]));
    if (lead.n_bytes == 0 || lead.n_bytes > text.size() - offset) return {};
    char32_t value = lead.bits;
    for (std::size_t i = 1; i < lead.n_bytes; ++i) {
        const auto byte = static_cast<unsigned char>(text[offset + i]);
        if ((byte & 0xC0) != 0x80) return {};
        value = value << 6 | (byte & 0x3Fu);
    }
    const bool is_surrogate = value >= 0xD800 && value < 0xE000;
    if (value < lead.low || value > 0x10FFFF || is_surrogate) return {};
    return {value, lead.n_bytes};
}

void append_utf8(std::string& text, char32_t code_point) {
    const auto append_tail = [&](int shift) {
        text.push_back(static_cast<char>(0x80 | (code_point >> shift & 0x3F)));
    };
    if (code_point < 0x80) {
        text.push_back(static_cast<char>(code_point));
    } else if (code_point < 0x800) {
        text.push_back(static_cast<char>(0xC0 | code_point >> 6));
        append_tail(0);
    } else if (code_point < 0x10000) {
        text.push_back(static_cast<char>(0xE0 | code_point >> 12));
        append_tail(6);
        append_tail(0);
    } else {
        text.push_back(static_cast<char>(0xF0 | code_point >> 18));
        append_tail(12);
        append_tail(6);
        append_tail(0);
    }
}

}  // namespace moe
