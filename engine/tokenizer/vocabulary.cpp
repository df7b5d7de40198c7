#include "engine/tokenizer/vocabulary.h"

#include <limits>
#include <span>

namespace moe {
namespace {

constexpr std::string_view kTokensKey = "tokenizer.ggml.tokens";
constexpr std::string_view kTypesKey = "tokenizer.ggml.token_type";

/// Without a list of kinds all tokens are normal.
Result<std::vector<TokenKind>> read_kinds(const GgufMetadata& metadata, std::size_t n_tokens) {
    if (!metadata.contains(kTypesKey)) return std::vector<TokenKind>(n_tokens, TokenKind::Normal);
    MOE_TRY(const std::span<const std::int64_t> types, metadata.integer_array(kTypesKey));
    if (types.size() != n_tokens) {
        return make_error("the metadata '{}' has {} elements for {} tokens; fetch the file again", kTypesKey,
                          types.size(), n_tokens);
    }
    std::vector<TokenKind> kinds;
    kinds.reserve(n_tokens);
    for (const std::int64_t type : types) {
        if (type < 1 || type > 6) {
            return make_error(
                "the metadata '{}' has a token of type {}, known are 1 to 6; fetch the file again", kTypesKey,
                type);
        }
        kinds.push_back(static_cast<TokenKind>(type));
    }
    return kinds;
}

}  // namespace

Result<Vocabulary> Vocabulary::create(const GgufMetadata& metadata) {
    MOE_TRY(const std::span<const std::string_view> texts, metadata.text_array(kTokensKey));
    if (texts.empty() || texts.size() > static_cast<std::size_t>(std::numeric_limits<TokenId>::max())) {
        return make_error("the metadata '{}' has {} tokens; fetch the file again", kTokensKey, texts.size());
    }
    Vocabulary vocabulary;
    vocabulary.texts_.assign(texts.begin(), texts.end());
    MOE_TRY(vocabulary.kinds_, read_kinds(metadata, texts.size()));
    vocabulary.ids_.reserve(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
        vocabulary.ids_.try_emplace(texts[i], static_cast<TokenId>(i));
    return vocabulary;
}

TokenId Vocabulary::find(std::string_view text) const {
    const auto found = ids_.find(text);
    return found == ids_.end() ? -1 : found->second;
}

}  // namespace moe
