#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/piece_merger.h"
#include "engine/tokenizer/sentencepiece_text.h"
#include "engine/tokenizer/special_tokens.h"
#include "engine/tokenizer/token_bytes.h"
#include "engine/tokenizer/token_roles.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

/// SentencePiece's BPE with byte fallback (Llama 2, Mixtral, Phi-3.5-MoE, Arctic, Grok;
/// `tokenizer.ggml.model` = "llama").
///
/// text -> stretches at special tokens -> a space in front -> "▁" for spaces -> merges by score -> bytes for
/// what is no token. The space in front is added to each plain stretch where the file asks for it
/// (`tokenizer.ggml.add_space_prefix`, by default), so that decoding gives one space more; a "▁" of the text
/// comes back as a space.
class SentencePieceBpe : public Tokenizer {
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
    SentencePieceBpe(const Vocabulary& vocabulary, SpecialTokens special_tokens, TokenRoles roles);
    Result<void> index_pieces(const GgufMetadata& metadata, const Vocabulary& vocabulary);
    void append_text(std::string_view marked, PieceMerger& merger, std::vector<TokenId>& ids) const;
    void append_word(std::string_view word, PieceMerger& merger, std::vector<TokenId>& ids) const;

    SpecialTokens special_tokens_;
    TokenRoles roles_;
    TokenBytes tokens_;
    ByteIds id_of_byte_{};
    std::vector<std::string> piece_texts_;  // what the keys of `pieces_` borrow
    PieceTable pieces_;
    bool adds_space_prefix_ = true;
    bool has_words_ = true;  // no piece has a space after something else: merges stay within words
};

}  // namespace moe
