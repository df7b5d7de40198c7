#include "engine/session/prompt.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace moe {
namespace {

/// Cuts off the beginning of a prompt that is too long, where that is wanted.
Result<Prompt> fitted(std::vector<TokenId> ids, const PromptOptions& options) {
    Prompt prompt{.ids = std::move(ids)};
    if (prompt.ids.size() <= options.n_ctx) return prompt;
    if (!options.truncate) {
        return make_error(
            "prompt: it has {} tokens and the context of this model holds {}; shorten it, or {}",
            prompt.ids.size(), options.n_ctx, options.truncate_advice);
    }
    const std::size_t n_kept = options.n_ctx - std::min(options.n_room, options.n_ctx / 2);
    prompt.n_dropped = prompt.ids.size() - n_kept;
    prompt.ids.erase(prompt.ids.begin(), prompt.ids.begin() + static_cast<std::ptrdiff_t>(prompt.n_dropped));
    return prompt;
}

Result<void> check_message(std::string_view message) {
    if (message.empty()) return make_error("chat: the message is empty; type at least one character");
    return {};
}

}  // namespace

Result<Prompt> encode_prompt(const Tokenizer& tokenizer, std::string_view text,
                             const PromptOptions& options) {
    std::vector<TokenId> ids = tokenizer.encode(text, {});
    if (ids.empty()) {
        const std::optional<TokenId> bos = tokenizer.bos();
        if (!bos) {
            return make_error(
                "prompt: it is empty and this model has no token that begins a text; type at least one "
                "character");
        }
        ids.push_back(*bos);
    }
    return fitted(std::move(ids), options);
}

std::vector<ChatMessage> messages_of(const ChatOpening& opening) {
    std::vector<ChatMessage> messages;
    if (!opening.system.empty()) messages.push_back({.role = "system", .content = opening.system});
    messages.push_back({.role = "user", .content = opening.message});
    return messages;
}

Result<Prompt> encode_chat_prompt(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                  const ChatOpening& opening, const PromptOptions& options) {
    MOE_TRY(check_message(opening.message));
    return fitted(encode_chat(tokenizer, chat_template, messages_of(opening)), options);
}

Result<std::vector<TokenId>> encode_next_message(const Tokenizer& tokenizer,
                                                 const ChatTemplate& chat_template, const Run& run,
                                                 std::string_view message, std::size_t n_ctx) {
    MOE_TRY(check_message(message));
    std::optional<TokenId> end;
    if (has_ended(run, tokenizer)) end = run.tokens.back();
    std::vector<TokenId> ids = encode_next_turn(tokenizer, chat_template, message, end);
    const std::size_t n_left = n_ctx - std::min(n_ctx, run.tokens.size());
    if (ids.size() >= n_left) {
        return make_error(
            "chat: the message takes {} tokens and {} of the {} positions of the context are left; shorten it "
            "or start a new chat",
            ids.size(), n_left, n_ctx);
    }
    return ids;
}

}  // namespace moe
