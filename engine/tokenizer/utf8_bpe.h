#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/merges.h"
#include "engine/tokenizer/sentencepiece_text.h"
#include "engine/tokenizer/vocabulary.h"
#include "engine/tokenizer/vocabulary_tokenizer.h"

namespace moe {

/// Byte pair encoding over code points, with bytes for what is no token (Gemma 4; `tokenizer.ggml.model` =
/// "gemma4").
///
/// text -> stretches at special tokens -> "▁" for spaces -> lines and runs of line feeds -> merges by rank
/// -> bytes for what is no token. A run of line feeds that is a token becomes that token. A "▁" of the text
/// comes back as a space.
class Utf8Bpe : public VocabularyTokenizer {
  public:
    static Result<std::shared_ptr<const Tokenizer>> create(const GgufMetadata& metadata);

  private:
    void append_plain(std::string_view text, std::vector<TokenId>& ids) const override;
    Utf8Bpe(const Vocabulary& vocabulary, MergeTable merges, TokenRoles roles, const ByteIds& id_of_byte);
    void append_line(std::string_view line, WordMerger& merger, std::vector<TokenId>& ids) const;

    MergeTable merges_;
    ByteIds id_of_byte_;
    std::unordered_map<std::string, TokenId> id_of_short_text_;  // one code point, or line feeds only
};

}  // namespace moe
