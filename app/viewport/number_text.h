#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moe::app {

/// How numbers are written in the picture: minus as a minus sign, a missing value as a dash and never as 0.
std::string decimals_text(double value, int digits);
std::string decimals_text(std::optional<float> value, int digits);

/// All bytes of a token as one line of valid text: a leading blank, line ends and tabs as signs like in the
/// gutter; other control bytes, and all of a token that is no UTF-8, spelled out: "<E2>".
std::string token_text(std::string_view bytes);

}  // namespace moe::app
