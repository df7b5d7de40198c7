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

Result<void> check_not_input(const std::string& output, std::initializer_list<std::string> inputs) {
    for (const std::string& input : inputs) {
        std::error_code missing;
        if (input.empty() || !std::filesystem::equivalent(output, input, missing)) continue;
        return make_error("{}: is the file that is read; choose another name", output);
    }
    return {};
}

}  // namespace moe::app
