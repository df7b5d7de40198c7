#pragma once

#include <string_view>
#include <vector>

#include "engine/tokenizer/special_tokens.h"
#include "engine/tokenizer/token_bytes.h"
#include "engine/tokenizer/token_roles.h"
#include "engine/tokenizer/tokenizer.h"

namespace moe {

/// What all tokenizers have in common: they cut texts at the special tokens and differ in what they do with
/// the plain text between them.
class VocabularyTokenizer : public Tokenizer {
  public:
    std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options) const final;
    std::vector<TokenId> encode_parts(std::span<const TextPart> parts, bool add_bos) const final;
    std::string_view bytes(TokenId id) const final { return tokens_.bytes(id); }
    std::size_t n_vocab() const final { return tokens_.size(); }
    std::optional<TokenId> bos() const final { return roles_.bos; }
    bool adds_bos() const final { return roles_.adds_bos; }
    bool is_special(TokenId id) const final { return tokens_.is_special(id); }
    bool is_end(TokenId id) const final { return roles_.ends.contains(id); }

  protected:
    VocabularyTokenizer(SpecialTokens special_tokens, TokenRoles roles);

    /// The tokens as text sees them; the implementation adds them in the order of their ids.
    TokenBytes& tokens() { return tokens_; }
    const TokenBytes& tokens() const { return tokens_; }

    /// Appends the ids of a text without special tokens; not empty.
    virtual void append_plain(std::string_view text, std::vector<TokenId>& ids) const = 0;

  private:
    SpecialTokens special_tokens_;
    TokenRoles roles_;
    TokenBytes tokens_;
};

}  // namespace moe
