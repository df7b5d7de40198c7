#pragma once

#include <ctime>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace moe::app {

/// Whether a file's name ends so, whatever the case of its letters; `ending` has small ones.
bool has_ending(std::string_view name, std::string_view ending);

/// For CLI::Option::check: what is wrong with an option's text, or nothing. CLI11 lets both pass: "nan" is in
/// every range, and -1 is the largest number without a sign.
std::string not_nan(const std::string& text);
std::string not_negative(const std::string& text);

/// The middle of a day given as YYYY-MM-DD, in local time; nothing where that is no day.
std::optional<std::time_t> noon_of(const std::string& date);
std::string is_date(const std::string& text);

/// An Error where `output` is one of the files that are read, under whatever name. An empty input is none.
Result<void> check_not_input(const std::string& output, std::initializer_list<std::string> inputs);

}  // namespace moe::app
