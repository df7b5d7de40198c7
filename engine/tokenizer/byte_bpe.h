#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/merges.h"
#include "engine/tokenizer/pretokenizer.h"
#include "engine/tokenizer/special_tokens.h"
#include "engine/tokenizer/token_bytes.h"
#include "engine/tokenizer/token_roles.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

/// Byte-level byte pair encoding (GPT-2 and most models since; `tokenizer.ggml.model` = "gpt2").
///
/// text -> stretches at special tokens -> NFC, where the publisher does -> words -> bytes -> merges. A
/// byte is a token, so any text has ids. A few vocabularies lack tokens for some of the bytes that
/// (nearly) no UTF-8 text has, 0xC0, 0xC1 and 0xF1 to 0xFF; they take U+FFFD for such a byte.
class ByteBpe : public Tokenizer {
  public:
    static Result<std::shared_ptr<const Tokenizer>> create(const GgufMetadata& metadata);

    std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options) const override;
    std::string_view bytes(TokenId id) const override { return tokens_.bytes(id); }
    std::size_t n_vocab() const override { return tokens_.size(); }
    std::optional<TokenId> bos() const override { return roles_.bos; }
    bool adds_bos() const override { return roles_.adds_bos; }
    bool is_special(TokenId id) const override { return tokens_.is_special(id); }
    bool is_end(TokenId id) const override { return roles_.ends.contains(id); }

  private:
    ByteBpe(const Vocabulary& vocabulary, const Pretokenizer& pretokenizer, MergeTable merges,
            TokenRoles roles);
    void index_tokens(const Vocabulary& vocabulary);
    Result<void> index_bytes(const Vocabulary& vocabulary);
    void append_words(std::string_view text, WordMerger& merger, std::vector<TokenId>& ids) const;
    void append_word(std::string_view word, WordMerger& merger, std::vector<TokenId>& ids) const;

    const Pretokenizer& pretokenizer_;
    MergeTable merges_;
    TokenRoles roles_;
    SpecialTokens special_tokens_;
    TokenBytes tokens_;
    std::array<std::vector<TokenId>, 256> ids_of_byte_;
    std::unordered_map<std::string_view, TokenId> whole_words_;  // into tokens_; only where preferred
};

}  // namespace moe
