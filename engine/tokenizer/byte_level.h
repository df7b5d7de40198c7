#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moe {

/// The letter that stands for a byte in the vocabularies of byte-level BPE, which are files of printable
/// text: the byte itself where it is printable in Latin-1, else a letter from U+0100 on, in the order of
/// the bytes (GPT-2, Radford et al. 2019: a space becomes U+0120, "Ġ").
char32_t byte_level_letter(unsigned char byte);

/// The bytes that a token's text stands for; nothing if it has a letter that stands for none.
std::optional<std::string> bytes_from_byte_level(std::string_view text);

}  // namespace moe
