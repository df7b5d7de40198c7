#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace moe {

/// Properties of a code point, as in regular expressions; bits, to be combined.
enum CharKind : std::uint16_t {
    kUpperCase = 1,      ///< \p{Lu} and \p{Lt}
    kLowerCase = 2,      ///< \p{Ll}
    kUncased = 4,        ///< \p{Lm} and \p{Lo}
    kLetter = 7,         ///< \p{L}: the three above
    kNumber = 8,         ///< \p{N}
    kSpace = 16,         ///< \s: White_Space
    kNewline = 32,       ///< carriage return and line feed
    kMark = 64,          ///< \p{M}
    kPunctuation = 128,  ///< \p{P}
    kSymbol = 256,       ///< \p{S}
    kHan = 512,          ///< \p{Han}: of the script of Chinese, beside the property above
    kDigit = 1024,       ///< \p{Nd}, \d: beside kNumber
    kConnector = 2048,   ///< \p{Pc}, which \w has with letters, marks and digits: beside kPunctuation
};

/// A text as code points with their properties. A byte that is not part of well-formed UTF-8 counts as
/// a code point of its own with the properties of U+FFFD, which readers of text put in its place: a symbol.
class CodePoints {
  public:
    explicit CodePoints(std::string_view text);

    std::size_t size() const { return values_.size(); }
    char32_t value(std::size_t index) const { return values_[index]; }
    /// Whether the code point has one of the properties in `kinds`.
    bool is(std::size_t index, unsigned kinds) const { return (kinds_[index] & kinds) != 0; }
    /// Where the code point begins in the text; for `size()`, where the text ends.
    std::size_t offset(std::size_t index) const { return offsets_[index]; }

  private:
    std::vector<char32_t> values_;
    std::vector<std::uint16_t> kinds_;
    std::vector<std::size_t> offsets_;
};

}  // namespace moe
