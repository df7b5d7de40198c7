#pragma once

#include <string_view>

#include "engine/jinja/syntax.h"

namespace moe::jinja {

/// Reads a template. An Error names the line and what was found there.
Result<Body> parse_template(std::string_view source);

}  // namespace moe::jinja
