#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/token_id.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

// How vocabularies in the manner of SentencePiece write text: a space is "▁" (U+2581), and a byte that no
// other token covers is the token "<0x0A>".

constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // U+2581

/// The token of each byte.
using ByteIds = std::array<TokenId, 256>;

/// The text with a mark for each space. A mark that the text has itself cannot be told from them.
std::string mark_spaces(std::string_view text);

/// The bytes that a token stands for: the byte of a byte token, the text of a control token, else its text
/// with a space for each mark.
std::string bytes_of_piece(std::string_view text, TokenKind kind);

/// The token of each byte. One that is missing is replaced by `unknown`, and the byte is lost; without an
/// `unknown` a missing one is an error.
Result<ByteIds> find_byte_tokens(const Vocabulary& vocabulary, std::optional<TokenId> unknown);

/// Appends the byte tokens of a symbol that is no token itself; for a mark, that of the space.
void append_bytes(std::string_view symbol, const ByteIds& id_of_byte, std::vector<TokenId>& ids);

/// The token that `tokenizer.ggml.unknown_token_id` names.
Result<std::optional<TokenId>> read_unknown_token(const GgufMetadata& metadata, std::size_t n_vocab);

}  // namespace moe
