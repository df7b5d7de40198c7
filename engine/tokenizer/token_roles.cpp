#include "engine/tokenizer/token_roles.h"

#include <string_view>

namespace moe {
namespace {

constexpr std::string_view kEndKeys[] = {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
                                         "tokenizer.ggml.eom_token_id"};

constexpr std::string_view kEndTexts[] = {
    "<|endoftext|>", "<|im_end|>",      "<|end|>",       "<|eot_id|>",
    "<|eom_id|>",    "<|end_of_text|>", "<end_of_turn>", "<｜end▁of▁sentence｜>",
};

Result<std::optional<TokenId>> read_id(const GgufMetadata& metadata, std::string_view key,
                                       std::size_t n_vocab) {
    if (!metadata.contains(key)) return std::optional<TokenId>();
    MOE_TRY(const std::size_t id, metadata.size(key, 0, n_vocab - 1));
    return std::optional<TokenId>(static_cast<TokenId>(id));
}

}  // namespace

Result<TokenRoles> read_token_roles(const GgufMetadata& metadata, const Vocabulary& vocabulary,
                                    bool adds_bos_by_default) {
    TokenRoles roles;
    MOE_TRY(roles.bos, read_id(metadata, "tokenizer.ggml.bos_token_id", vocabulary.size()));
    MOE_TRY(const bool adds_bos, metadata.flag_or("tokenizer.ggml.add_bos_token", adds_bos_by_default));
    roles.adds_bos = adds_bos && roles.bos.has_value();
    for (const std::string_view key : kEndKeys) {
        MOE_TRY(const std::optional<TokenId> id, read_id(metadata, key, vocabulary.size()));
        if (id) roles.ends.insert(*id);
    }
    for (const std::string_view text : kEndTexts) {
        const TokenId id = vocabulary.find(text);
        if (id < 0) continue;
        const TokenKind kind = vocabulary.kind(id);
        if (kind == TokenKind::Control || kind == TokenKind::UserDefined) roles.ends.insert(id);
    }
    return roles;
}

}  // namespace moe
