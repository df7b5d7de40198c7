#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/token_id.h"
#include "engine/tokenizer/vocabulary.h"

namespace moe {

/// A stretch of a text: plain text between special tokens, or one special token.
struct Stretch {
    std::string_view text;
    TokenId special = -1;  ///< -1: plain text
};

/// Finds the tokens that text is not merged into but searched for: control tokens such as
/// "<|im_start|>", when asked, and user-defined ones, always. At each place the longest one wins.
class SpecialTokens {
  public:
    enum class After { TakesNothing, TakesSpace };  ///< what a token does with white space behind it
    explicit SpecialTokens(const Vocabulary& vocabulary, After after = After::TakesNothing);

    /// Makes control tokens of them, whatever the file calls them.
    void make_control(const std::set<TokenId>& ids);

    enum class Control { Text, Token };  ///< what the text of a control token is read as

    /// Cuts `text` at the special tokens. The stretches borrow it, are not empty, and in order. White space
    /// that a token takes is in none.
    std::vector<Stretch> cut(std::string_view text, Control control) const;

  private:
    struct Entry {
        TokenId id;
        bool is_control;
        bool takes_space;
    };
    const Entry* longest_at(std::string_view text, std::size_t at, Control control,
                            std::size_t& size_bytes) const;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
    std::array<std::vector<std::size_t>, 256> sizes_by_first_byte_;  // in bytes, longest first
};

}  // namespace moe
