#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/token_id.h"
#include "engine/gguf/gguf_metadata.h"

namespace moe {

/// A piece of a text whose pieces come from different hands: of a chat, the format's or the user's.
struct TextPart {
    std::string_view text;
    bool parse_special = true;  ///< as in `EncodeOptions`
};

/// Text to token ids and back, as a model's file defines it. Immutable; any thread may use it.
/// Every implementation round-trips any bytes: decoding what was encoded gives the same bytes (for a
/// tokenizer that normalizes, the NFC text; for a vocabulary without a token for some byte that texts do
/// not have, U+FFFD in its place; for one in the manner of SentencePiece, a space for each "▁" and, where the
/// file asks for it, one space more in front).
class Tokenizer {
  public:
    struct EncodeOptions {
        bool add_bos = true;        ///< put BOS first where the model asks for it
        bool parse_special = true;  ///< read "<|endoftext|>" as a special token, not as text
    };
    virtual ~Tokenizer() = default;

    /// The ids of any bytes; invalid UTF-8 included.
    virtual std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options) const = 0;

    /// The ids of the text that the parts make together; what is plain text on both sides of a border is
    /// encoded as one. BOS comes first where it is wanted and the model asks for it.
    virtual std::vector<TokenId> encode_parts(std::span<const TextPart> parts, bool add_bos) const = 0;

    /// The token's own bytes; for a special token its text. An id outside the vocabulary has none.
    virtual std::string_view bytes(TokenId id) const = 0;

    virtual std::size_t n_vocab() const = 0;
    virtual std::optional<TokenId> bos() const = 0;
    virtual bool adds_bos() const = 0;              ///< `encode` puts BOS first when asked to
    virtual bool is_special(TokenId id) const = 0;  ///< control or user-defined token
    /// Ends a generation: EOS, end of turn, end of text.
    virtual bool is_end(TokenId id) const = 0;
    /// What a user should know about the ids, in a sentence: that the file's rules are not known and how text
    /// is split instead. Empty where there is nothing.
    virtual std::string_view notice() const { return {}; }
};

/// Makes the tokenizer that `metadata` describes, or names the one that is not there yet. The result
/// owns what it needs; `metadata` may go.
Result<std::shared_ptr<const Tokenizer>> create_tokenizer(const GgufMetadata& metadata);

/// The bytes of `ids`, one after the other.
std::string decode(const Tokenizer& tokenizer, const std::vector<TokenId>& ids);

}  // namespace moe
