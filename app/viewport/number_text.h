#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moe::app {

/// How numbers are written in the picture: thousands by comma, minus as a minus sign, a missing value as
/// a dash and never as 0.
std::string count_text(std::size_t n);
std::string decimals_text(double value, int digits);
std::string decimals_text(std::optional<float> value, int digits);

/// A token's bytes as one line of valid text: line ends and blanks as signs, bytes that are no UTF-8 as \xNN.
std::string token_text(std::string_view bytes);

}  // namespace moe::app
