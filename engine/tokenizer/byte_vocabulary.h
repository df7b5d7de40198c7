#pragma once

#include <cstddef>

#include "engine/base/result.h"
#include "engine/gguf/gguf_header.h"

namespace moe {

/// The smallest vocabulary that any text has ids in, for models without one of their own: token b is the byte
/// b, then comes an end of text (which is the beginning too), then padding tokens that no text gives. Adds
/// the metadata of byte-level BPE to `header`. Fails below 257 tokens.
Result<void> add_byte_vocabulary(std::size_t n_vocab, GgufHeader& header);

}  // namespace moe
