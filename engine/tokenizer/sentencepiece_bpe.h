#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/piece_merger.h"
#include "engine/tokenizer/sentencepiece_text.h"
#include "engine/tokenizer/vocabulary.h"
#include "engine/tokenizer/vocabulary_tokenizer.h"

namespace moe {

/// SentencePiece's BPE with byte fallback (Llama 2, Mixtral, Phi-3.5-MoE, Arctic, Grok;
/// `tokenizer.ggml.model` = "llama").
///
/// text -> stretches at special tokens -> a space in front -> "▁" for spaces -> merges by score -> bytes for
/// what is no token. The space in front is added to each plain stretch where the file asks for it
/// (`tokenizer.ggml.add_space_prefix`, by default), so that decoding gives one space more; a "▁" of the text
/// comes back as a space.
class SentencePieceBpe : public VocabularyTokenizer {
  public:
    static Result<std::shared_ptr<const Tokenizer>> create(const GgufMetadata& metadata);

  private:
    void append_plain(std::string_view text, std::vector<TokenId>& ids) const override;
    SentencePieceBpe(const Vocabulary& vocabulary, SpecialTokens special_tokens, TokenRoles roles);
    Result<void> index_pieces(const GgufMetadata& metadata, const Vocabulary& vocabulary);
    void append_word(std::string_view word, PieceMerger& merger, std::vector<TokenId>& ids) const;

    ByteIds id_of_byte_{};
    std::vector<std::string> piece_texts_;  // what the keys of `pieces_` borrow
    PieceTable pieces_;
    bool adds_space_prefix_ = true;
    bool has_words_ = true;  // no piece has a space after something else: merges stay within words
};

}  // namespace moe
