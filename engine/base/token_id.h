#pragma once

#include <cstdint>

namespace moe {

/// An entry of the vocabulary.
using TokenId = std::int32_t;

}  // namespace moe
