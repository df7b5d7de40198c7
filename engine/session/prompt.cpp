#include "engine/session/prompt.h"

#include <algorithm>

namespace moe {

Result<Prompt> encode_prompt(const Tokenizer& tokenizer, std::string_view text,
                             const PromptOptions& options) {
    Prompt prompt{.ids = tokenizer.encode(text, {})};
    if (prompt.ids.empty()) {
        const std::optional<TokenId> bos = tokenizer.bos();
        if (!bos) {
            return make_error(
                "prompt: it is empty and this model has no token that begins a text; type at least one "
                "character");
        }
        prompt.ids.push_back(*bos);
    }
    if (prompt.ids.size() <= options.n_ctx) return prompt;
    if (!options.truncate) {
        return make_error(
            "prompt: it has {} tokens and the context of this model holds {}; shorten it, or let its "
            "beginning be cut off",
            prompt.ids.size(), options.n_ctx);
    }
    const std::size_t n_kept = options.n_ctx - std::min(options.n_room, options.n_ctx / 2);
    prompt.n_dropped = prompt.ids.size() - n_kept;
    prompt.ids.erase(prompt.ids.begin(), prompt.ids.begin() + static_cast<std::ptrdiff_t>(prompt.n_dropped));
    return prompt;
}

}  // namespace moe
