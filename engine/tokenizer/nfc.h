#pragma once

#include <string>
#include <string_view>

namespace moe {

/// The text in Unicode's Normalization Form C (UAX #15): "e" and a combining accent become "é". Bytes
/// that are not well-formed UTF-8 stay as they are and compose with nothing.
std::string normalize_nfc(std::string_view text);

}  // namespace moe
