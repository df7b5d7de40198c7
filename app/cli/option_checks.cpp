#include "app/cli/option_checks.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace moe::app {

bool has_ending(std::string_view name, std::string_view ending) {
    if (name.size() < ending.size()) return false;
    return std::ranges::equal(name.substr(name.size() - ending.size()), ending, {},
                              [](char c) { return std::tolower(static_cast<unsigned char>(c)); });
}

std::string not_nan(const std::string& text) {
    return std::isnan(std::strtod(text.c_str(), nullptr)) ? "'" + text + "' is not a number" : std::string();
}

std::string not_negative(const std::string& text) {
    return text.starts_with('-') ? "'" + text + "' is negative" : std::string();
}

std::optional<std::time_t> noon_of(const std::string& date) {
    constexpr std::string_view kShape = "0000-00-00";
    const bool has_shape = std::ranges::equal(date, kShape, [](char c, char shape) {
        return shape == '0' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == shape;
    });
    if (!has_shape) return std::nullopt;
    std::tm day{};
    day.tm_year = std::stoi(date.substr(0, 4)) - 1900;
    day.tm_mon = std::stoi(date.substr(5, 2)) - 1;
    day.tm_mday = std::stoi(date.substr(8, 2));
    day.tm_hour = 12;
    day.tm_isdst = -1;
    const std::tm asked = day;
    const std::time_t noon = std::mktime(&day);  // makes the 30th of February a day in March
    if (noon == -1 || day.tm_mon != asked.tm_mon || day.tm_mday != asked.tm_mday) return std::nullopt;
    return noon;
}

std::string is_date(const std::string& text) {
    return noon_of(text) ? std::string() : "'" + text + "' is no day; write YYYY-MM-DD";
}

Result<void> check_not_input(const std::string& output, std::initializer_list<std::string> inputs) {
    for (const std::string& input : inputs) {
        std::error_code missing;
        if (input.empty() || !std::filesystem::equivalent(output, input, missing)) continue;
        return make_error("{}: is the file that is read; choose another name", output);
    }
    return {};
}

}  // namespace moe::app
