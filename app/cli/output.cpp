#include "app/cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace moe::app {
namespace {

int output_errno = 0;

/// Length of the UTF-8 sequence at the start of `bytes`, 0 where there is none (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view bytes) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || bytes.size() < length) return 0;
    for (std::size_t index = 1; index < length; ++index) {
        if ((byte(index) & 0xC0) != 0x80) return 0;
    }
    const unsigned char second = byte(1);
    const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool is_outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return is_overlong || is_outside ? 0 : length;
}

}  // namespace

int report(const Error& error) {
    std::string line = error.message;
    for (char& c : line) {
        if (c == '\n' || c == '\r') c = ' ';
    }
    std::fprintf(stderr, "moescope: %s\n", line.c_str());
    return 1;
}

void write_notice(std::string_view sentence) {
    if (sentence.empty()) return;
    std::fprintf(stderr, "%.*s.\n", static_cast<int>(sentence.size()), sentence.data());
}

bool write_output(std::string_view text) {
    if (output_errno != 0) return false;
    while (!text.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            output_errno = errno;
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool write_json_line(const Json& json) {
    return write_output(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

int output_status() {
    if (output_errno == 0 || output_errno == EPIPE) return 0;
    return report(
        make_error("standard output: cannot be written: {}; free some space or choose another place",
                   std::strerror(output_errno)));
}

bool is_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t length = utf8_length(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string printable_utf8(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const std::size_t length = utf8_length(bytes);
        if (length == 0)
            text += "\xEF\xBF\xBD";
        else
            text += bytes.substr(0, length);
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

std::string base64(std::string_view bytes) {
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t index = 0; index < bytes.size(); index += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - index);
        unsigned group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[index + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k) text += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

Result<std::string> read_text_file(const std::string& path) {
    std::ostringstream text;
    if (path == "-") {
        text << std::cin.rdbuf();
        return text.str();
    }
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown))
        return make_error("{}: is a folder; choose a text file", path);
    std::ifstream file(path, std::ios::binary);
    if (!file) return make_error("{}: cannot be opened: {}; check the path", path, std::strerror(errno));
    text << file.rdbuf();
    if (file.bad() || (text.fail() && file.peek() != std::ifstream::traits_type::eof())) {
        return make_error("{}: cannot be read; choose a text file", path);
    }
    return text.str();
}

}  // namespace moe::app
