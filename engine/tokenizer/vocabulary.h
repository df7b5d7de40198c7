#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/token_id.h"
#include "engine/gguf/gguf_metadata.h"

namespace moe {

/// What a token is for; the numbers are those of `tokenizer.ggml.token_type`.
enum class TokenKind : std::uint8_t {
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6
};

/// The tokens as the file writes them. Borrows the metadata and is needed only while a tokenizer is made.
class Vocabulary {
  public:
    /// Reads `tokenizer.ggml.tokens` and `token_type`, which is optional.
    static Result<Vocabulary> create(const GgufMetadata& metadata);

    std::size_t size() const { return texts_.size(); }
    std::string_view text(TokenId id) const { return texts_[static_cast<std::size_t>(id)]; }
    TokenKind kind(TokenId id) const { return kinds_[static_cast<std::size_t>(id)]; }

    /// The token with this text; the lowest id if several have it, none: -1.
    TokenId find(std::string_view text) const;

  private:
    std::vector<std::string_view> texts_;
    std::vector<TokenKind> kinds_;
    std::unordered_map<std::string_view, TokenId> ids_;
};

}  // namespace moe
