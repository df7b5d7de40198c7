#pragma once

#include <cstddef>
#include <string>

#include "app/cli/output.h"

namespace moe::app {

/// "12.9 MB"; decimal units, as disks and DESIGN count them.
std::string bytes_in_words(double n_bytes);

/// What a model takes of a machine with `machine_bytes` of memory and what fits, in lines for a person. `info`
/// is what `model_info` says; empty for a model that cannot be run.
std::string memory_in_words(const Json& info, std::size_t machine_bytes);

}  // namespace moe::app
