#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/merges.h"
#include "engine/tokenizer/pretokenizer.h"
#include "engine/tokenizer/vocabulary.h"
#include "engine/tokenizer/vocabulary_tokenizer.h"

namespace moe {

/// Byte-level byte pair encoding (GPT-2 and most models since; `tokenizer.ggml.model` = "gpt2").
///
/// text -> stretches at special tokens -> NFC, where the publisher does -> words -> bytes -> merges. A
/// byte is a token, so any text has ids. A few vocabularies lack tokens for some of the bytes that
/// (nearly) no UTF-8 text has, 0xC0, 0xC1 and 0xF1 to 0xFF; they take U+FFFD for such a byte.
class ByteBpe : public VocabularyTokenizer {
  public:
    static Result<std::shared_ptr<const Tokenizer>> create(const GgufMetadata& metadata);
    std::string_view notice() const override { return notice_; }

  private:
    void append_plain(std::string_view text, std::vector<TokenId>& ids) const override;
    ByteBpe(const Vocabulary& vocabulary, const Pretokenizer& pretokenizer, MergeTable merges,
            TokenRoles roles);
    void index_tokens(const Vocabulary& vocabulary);
    Result<void> index_bytes(const Vocabulary& vocabulary);
    void append_words(std::string_view text, std::vector<TokenId>& ids) const;
    void append_word(std::string_view word, WordMerger& merger, std::vector<TokenId>& ids) const;

    const Pretokenizer& pretokenizer_;
    std::string notice_;
    MergeTable merges_;
    std::array<std::vector<TokenId>, 256> ids_of_byte_;
    std::unordered_map<std::string_view, TokenId> whole_words_;  // into tokens(); only where preferred
};

}  // namespace moe
