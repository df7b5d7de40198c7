#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace moe::jinja {

enum class Origin : char {
    Template,
    Data
};  ///< who wrote a byte: the template or somebody in a conversation

/// Text that remembers for each byte where it came from, so that what somebody said stays told from what the
/// template wrote around it, whatever is cut and joined on the way.
class Text {
  public:
    Text() = default;
    Text(std::string_view bytes, Origin origin)
        : bytes_(bytes), origins_(bytes.size(), static_cast<char>(origin)) {}

    std::string_view bytes() const { return bytes_; }
    std::size_t size() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }
    Origin origin(std::size_t at) const { return static_cast<Origin>(origins_[at]); }

    Text substr(std::size_t at, std::size_t n = std::string_view::npos) const;
    void append(const Text& other);
    void append(const Text& other, std::size_t at, std::size_t n);
    void append(std::string_view bytes, Origin origin = Origin::Template);
    /// The same text with bytes changed one for one.
    Text with_bytes(std::string bytes) const;

  private:
    std::string bytes_;
    std::string origins_;  // an Origin a byte
};

/// Where each code point begins, and the end: one element more than there are code points. A byte that is no
/// part of one counts as one.
std::vector<std::size_t> code_point_offsets(std::string_view text);
std::size_t code_point_count(std::string_view text);

/// White space as Python's str.strip takes it, of ASCII.
bool is_space(char c);

/// Letters in another case, of ASCII only: all of them, or with a capital at the beginning. Title begins anew
/// behind whatever is no letter, Words behind spaces, dashes and opening brackets.
enum class LetterCase { Upper, Lower, Title, Words, Capital };
std::string in_case(std::string_view text, LetterCase letter_case);

}  // namespace moe::jinja
