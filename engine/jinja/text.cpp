#include "engine/jinja/text.h"

#include <algorithm>
#include <utility>

namespace moe::jinja {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Text Text::substr(std::size_t at, std::size_t n) const {
    Text part;
    part.append(*this, at, n);
    return part;
}

void Text::append(const Text& other) { append(other, 0, other.size()); }

void Text::append(const Text& other, std::size_t at, std::size_t n) {
    bytes_.append(other.bytes_, at, n);
    origins_.append(other.origins_, at, n);
}

void Text::append(std::string_view bytes, Origin origin) {
    bytes_ += bytes;
    origins_.append(bytes.size(), static_cast<char>(origin));
}

Text Text::with_bytes(std::string bytes) const {
    Text text = *this;
    text.bytes_ = std::move(bytes);
    return text;
}

std::vector<std::size_t> code_point_offsets(std::string_view text) {
    std::vector<std::size_t> offsets;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_continuation(text[at])) offsets.push_back(at);
    }
    if (offsets.empty() && !text.empty()) offsets.push_back(0);
    if (!offsets.empty()) offsets[0] = 0;
    offsets.push_back(text.size());
    return offsets;
}

std::size_t code_point_count(std::string_view text) { return code_point_offsets(text).size() - 1; }

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f'); }

std::string in_case(std::string_view text, LetterCase letter_case) {
    constexpr std::string_view kOpening = "-({[<";
    std::string changed(text);
    bool begins_word = true;
    for (char& c : changed) {
        const bool is_letter = is_upper(c) || is_lower(c);
        const bool is_high =
            letter_case == LetterCase::Upper || (begins_word && letter_case != LetterCase::Lower);
        c = is_high ? to_upper(c) : to_lower(c);
        begins_word = letter_case == LetterCase::Title   ? !is_letter
                      : letter_case == LetterCase::Words ? is_space(c) || kOpening.find(c) != kOpening.npos
                                                         : false;
    }
    return changed;
}

}  // namespace moe::jinja
