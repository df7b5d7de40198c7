#pragma once

#include <string>
#include <string_view>

namespace moe::render {

/// A token's bytes as one line of valid UTF-8 for the gutter: a leading space as a middle dot, newlines
/// as return signs, tabs as arrows, other control bytes and malformed sequences as replacement signs. At
/// most `max_characters` of it.
std::string token_label(std::string_view bytes, std::size_t max_characters);

/// "1,234,567".
std::string with_thousands(std::size_t number);

}  // namespace moe::render
