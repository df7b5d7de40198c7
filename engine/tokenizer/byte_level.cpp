#include "engine/tokenizer/byte_level.h"

#include <array>
#include <cstdint>

#include "engine/tokenizer/utf8.h"

namespace moe {
namespace {

constexpr bool is_printable_in_latin1(unsigned byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr std::array<char16_t, 256> make_letters() {
    std::array<char16_t, 256> letters{};
    char16_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
        letters[byte] = is_printable_in_latin1(byte) ? static_cast<char16_t>(byte) : next++;
    }
    return letters;
}

constexpr std::array<char16_t, 256> kLetters = make_letters();
constexpr std::size_t kLettersEnd = 0x100 + 68;  // 68 bytes are not printable
constexpr std::int16_t kNoByte = -1;

constexpr std::array<std::int16_t, kLettersEnd> make_bytes() {
    std::array<std::int16_t, kLettersEnd> bytes{};
    for (std::int16_t& byte : bytes) byte = kNoByte;
    for (std::size_t byte = 0; byte < 256; ++byte) bytes[kLetters[byte]] = static_cast<std::int16_t>(byte);
    return bytes;
}

constexpr std::array<std::int16_t, kLettersEnd> kBytes = make_bytes();

}  // namespace

char32_t byte_level_letter(unsigned char byte) { return kLetters[byte]; }

std::optional<std::string> bytes_from_byte_level(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size();) {
        const DecodedCodePoint letter = decode_utf8(text, at);
        if (letter.value >= kBytes.size() || kBytes[letter.value] == kNoByte) return std::nullopt;
        bytes.push_back(static_cast<char>(kBytes[letter.value]));
        at += letter.size_bytes;
    }
    return bytes;
}

}  // namespace moe
