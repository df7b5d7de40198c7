#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/merges.h"
#include "engine/tokenizer/sentencepiece_text.h"
#include "engine/tokenizer/special_tokens.h"
#include "engine/tokenizer/token_bytes.h"
#include "engine/tokenizer/token_roles.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

/// Byte pair encoding over code points, with bytes for what is no token (Gemma 4; `tokenizer.ggml.model` =
/// "gemma4").
///
/// text -> stretches at special tokens -> "▁" for spaces -> lines and runs of line feeds -> merges by rank
/// -> bytes for what is no token. A run of line feeds that is a token becomes that token. A "▁" of the text
/// comes back as a space.
class Utf8Bpe : public Tokenizer {
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
    Utf8Bpe(const Vocabulary& vocabulary, MergeTable merges, TokenRoles roles, const ByteIds& id_of_byte);
    void append_text(std::string_view marked, WordMerger& merger, std::vector<TokenId>& ids) const;
    void append_line(std::string_view line, WordMerger& merger, std::vector<TokenId>& ids) const;

    MergeTable merges_;
    TokenRoles roles_;
    SpecialTokens special_tokens_;
    TokenBytes tokens_;
    ByteIds id_of_byte_;
    std::unordered_map<std::string, TokenId> id_of_short_text_;  // one code point, or line feeds only
};

}  // namespace moe
