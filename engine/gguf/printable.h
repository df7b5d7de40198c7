#pragma once

#include <string>
#include <string_view>

namespace moe {

/// Text from a file as a message may show it: on one line, at most 80 characters, other than printable
/// ASCII as '?'.
std::string printable(std::string_view text);

}  // namespace moe
