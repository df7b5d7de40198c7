#include "app/cli/memory_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace moe::app {
namespace {

constexpr const char* kLine = "  {:<20} {}\n";

std::string tokens_in_words(double n_tokens) {
    std::string digits = fmt::format("{:.0f}", n_tokens);
    for (std::size_t place = digits.size(); place > 3;) digits.insert(place -= 3, 1, ',');
    return digits + " tokens";
}

/// The last line: what of all that the machine can hold.
std::string fit_in_words(double weights, double per_token, double recurrent, double n_ctx, double machine) {
    const std::string of_machine = bytes_in_words(machine) + " of memory: ";
    if (weights + recurrent + n_ctx * per_token <= machine) return of_machine + "all of it fits";
    if (weights + recurrent > machine) {
        return of_machine + "the weights do not fit; what is missing is read from the disk for each token";
    }
    const double n_fit = (machine - weights - recurrent) / per_token;
    return of_machine + "the weights fit with a context of " + tokens_in_words(n_fit);
}

}  // namespace

std::string bytes_in_words(double n_bytes) {
    constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    for (; n_bytes >= 1000 && unit + 1 < std::size(kUnits); ++unit) n_bytes /= 1000;
    return fmt::format("{:.{}f} {}", n_bytes, unit == 0 ? 0 : 1, kUnits[unit]);
}

std::string memory_in_words(const Json& info, std::size_t machine_bytes) {
    if (!info.value("supported", false)) return {};
    const auto weights = info.at("file_bytes").get<double>();
    const auto per_token = info.at("kv_bytes_per_token").get<double>();
    const auto recurrent = info.at("recurrent_bytes").get<double>();
    const auto n_ctx = info.at("n_ctx").get<double>();
    std::string text = "memory\n";
    text += fmt::format(kLine, "weights", bytes_in_words(weights) + ", mapped from the file");
    text += fmt::format(kLine, "keys and values",
                        fmt::format("{} for 1,000 tokens, {} for all {}", bytes_in_words(1000 * per_token),
                                    bytes_in_words(n_ctx * per_token), tokens_in_words(n_ctx)));
    if (recurrent > 0)
        text += fmt::format(kLine, "recurrent layers", bytes_in_words(recurrent) + ", for any length");
    const auto machine = static_cast<double>(machine_bytes);
    text += fmt::format(kLine, "this machine", fit_in_words(weights, per_token, recurrent, n_ctx, machine));
    return text;
}

}  // namespace moe::app
