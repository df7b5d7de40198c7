#pragma once

#include <cstdint>

#include "engine/gguf/byte_cursor.h"
#include "engine/gguf/gguf_metadata.h"

namespace moe {

/// Reads the `n_entries` key-value pairs at the cursor. Counts and lengths are checked against the
/// file before memory is taken for them.
Result<GgufMetadata> parse_metadata(ByteCursor& cursor, std::uint64_t n_entries);

}  // namespace moe
