#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/token_id.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

/// The bytes and kinds of all tokens, in one block of memory.
class TokenBytes {
  public:
    /// Adds the next token.
    void push_back(std::string_view bytes, TokenKind kind);

    std::size_t size() const { return kinds_.size(); }
    /// What the token stands for; an id outside the vocabulary stands for nothing. Valid until the next token
    /// is added.
    std::string_view bytes(TokenId id) const;
    /// A control or user-defined token.
    bool is_special(TokenId id) const;

  private:
    bool contains(TokenId id) const { return id >= 0 && static_cast<std::size_t>(id) < kinds_.size(); }

    std::vector<TokenKind> kinds_;
    std::string all_bytes_;                       // the bytes of all tokens, one after the other
    std::vector<std::size_t> bytes_begin_ = {0};  // [size + 1], into all_bytes_
};

}  // namespace moe
