#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/token_id.h"
#include "engine/session/run_tree.h"
#include "engine/tokenizer/chat_template.h"
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
    const char* truncate_advice = "let its beginning be cut off";  ///< what to do, in that Error
    std::size_t n_room = 0;  ///< positions that truncating leaves free, at most half of the context
};

/// Text to token ids. An empty text is the beginning-of-sequence token, or an Error where the model has none.
Result<Prompt> encode_prompt(const Tokenizer& tokenizer, std::string_view text, const PromptOptions& options);

/// The beginning of a conversation.
struct ChatOpening {
    std::string system;   ///< the system message; empty: none
    std::string message;  ///< the user's first
};

std::vector<ChatMessage> messages_of(const ChatOpening& opening);

/// A conversation's beginning, up to where the assistant begins, to token ids. An empty message is an Error.
Result<Prompt> encode_chat_prompt(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                  const ChatOpening& opening, const PromptOptions& options);

/// What goes to the end of `run` for the user's next message to follow its answer, however that ended. An
/// Error where the message is empty or leaves no position of `n_ctx` for an answer.
Result<std::vector<TokenId>> encode_next_message(const Tokenizer& tokenizer,
                                                 const ChatTemplate& chat_template, const Run& run,
                                                 std::string_view message, std::size_t n_ctx);

}  // namespace moe
