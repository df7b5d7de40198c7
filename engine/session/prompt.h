#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/token_id.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe {

/// What a model is to read, and how much of what was asked for that is.
struct Prompt {
    std::vector<TokenId> ids;   ///< at least one, at most n_ctx
    std::size_t n_dropped = 0;  ///< tokens cut off at the front to fit the context
};

struct PromptOptions {
    std::size_t n_ctx = 0;
    bool truncate = false;  ///< keep the end of what is too long; else it is an Error that names both lengths
    std::size_t n_room = 0;  ///< positions that truncating leaves free, at most half of the context
};

/// Text to token ids. An empty text is the beginning-of-sequence token, or an Error where the model has none.
Result<Prompt> encode_prompt(const Tokenizer& tokenizer, std::string_view text, const PromptOptions& options);

}  // namespace moe
