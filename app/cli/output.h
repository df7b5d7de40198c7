#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace moe::app {

using Json = nlohmann::ordered_json;

/// Prints `moescope: MESSAGE` on one line of standard error and returns exit status 1.
int report(const Error& error);

/// Writes to standard output at once. False when the reader has gone (a closed pipe) or the disk is full:
/// `output_status` tells which.
bool write_output(std::string_view text);

/// One line of JSON; text that is not UTF-8 has U+FFFD, NaN and infinity become null.
bool write_json_line(const Json& json);

/// A sentence for the user on standard error; nothing for an empty one.
void write_notice(std::string_view sentence);

/// The exit status for what `write_output` met: 0 after a closed pipe (a quiet end) or no trouble, 1 with a
/// message after any other failure.
int output_status();

/// Bytes that may not be UTF-8, for a terminal or JSON: each invalid byte is U+FFFD.
std::string printable_utf8(std::string_view bytes);
bool is_utf8(std::string_view bytes);
std::string base64(std::string_view bytes);

/// The whole of a file, or of standard input for "-".
Result<std::string> read_text_file(const std::string& path);

}  // namespace moe::app
