#include "engine/tokenizer/split_rules.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "engine/tokenizer/deepseek_letters.h"

namespace moe {
namespace {

/// Words are the matches of `rule` and the gaps between them. A rule returns where the match that begins
/// at `at` ends, or `at` for no match.
template <auto rule>
void split_at_matches(const CodePoints& points, std::size_t begin, std::size_t end,
                      std::vector<std::size_t>& word_ends) {
    std::size_t word_begin = begin;
    for (std::size_t at = begin; at < end;) {
        const std::size_t match_end = rule(points, at, end);
        if (match_end == at) {
            ++at;
            continue;
        }
        if (word_begin < at) word_ends.push_back(at);
        word_ends.push_back(match_end);
        at = word_begin = match_end;
    }
    if (word_begin < end) word_ends.push_back(end);
}

/// The end of the code points from `at` on that have one of `kinds`.
std::size_t end_of(const CodePoints& points, std::size_t at, std::size_t end, unsigned kinds) {
    while (at < end && points.is(at, kinds)) ++at;
    return at;
}

/// The end of the code points from `at` on that have none of `kinds`.
std::size_t end_of_others(const CodePoints& points, std::size_t at, std::size_t end, unsigned kinds) {
    while (at < end && !points.is(at, kinds)) ++at;
    return at;
}

enum class Case { Exact, Ignored };

/// 's|'t|'re|'ve|'m|'ll|'d
std::size_t match_contraction(const CodePoints& points, std::size_t at, std::size_t end, Case letter_case) {
    if (points.value(at) != '\'') return at;
    const auto letter = [&](std::size_t index) -> char32_t {
        if (index >= end) return 0;
        const char32_t value = points.value(index);
        if (letter_case == Case::Exact) return value;
        // Case folding, not lower case: the long s (U+017F) folds to s.
        return static_cast<char32_t>(u_foldCase(static_cast<UChar32>(value), U_FOLD_CASE_DEFAULT));
    };
    const char32_t first = letter(at + 1);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
    const char32_t second = letter(at + 2);
    const bool is_pair =
        (first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l');
    return is_pair ? at + 3 : at;
}

/// \s+(?!\S)|\s+ : white space up to the last one before a word, which belongs to the word.
std::size_t match_space(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t space_end = end_of(points, at, end, kSpace);
    const bool leaves_one = space_end < end && space_end - at > 1;
    return leaves_one ? space_end - 1 : space_end;
}

std::size_t match_gpt2(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t contraction_end = match_contraction(points, at, end, Case::Exact);
    if (contraction_end > at) return contraction_end;
    const std::size_t word = points.value(at) == ' ' && at + 1 < end ? at + 1 : at;
    if (points.is(word, kLetter)) return end_of(points, word, end, kLetter);
    if (points.is(word, kNumber)) return end_of(points, word, end, kNumber);
    if (!points.is(word, kSpace)) return end_of_others(points, word, end, kSpace | kLetter | kNumber);
    return match_space(points, at, end);
}

/// \s*[\r\n]+|\s+(?!\S)|\s+ : white space with line ends runs to the last of them.
std::size_t match_lines_or_space(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t space_end = end_of(points, at, end, kSpace);
    for (std::size_t after = space_end; after > at; --after) {
        if (points.is(after - 1, kNewline)) return after;
    }
    return match_space(points, at, end);
}

template <std::size_t max_digits>
std::size_t match_llama3(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t contraction_end = match_contraction(points, at, end, Case::Ignored);
    if (contraction_end > at) return contraction_end;

    const bool may_lead = !points.is(at, kNewline | kLetter | kNumber);  // [^\r\n\p{L}\p{N}]?
    const std::size_t letters = may_lead ? at + 1 : at;
    const std::size_t letters_end = end_of(points, letters, end, kLetter);
    if (letters_end > letters) return letters_end;

    if (points.is(at, kNumber)) return end_of(points, at, std::min(end, at + max_digits), kNumber);

    const std::size_t other = points.value(at) == ' ' ? at + 1 : at;
    const std::size_t other_end = end_of_others(points, other, end, kSpace | kLetter | kNumber);
    if (other_end > other) return end_of(points, other_end, end, kNewline);
    return match_lines_or_space(points, at, end);
}

std::size_t match_one_number(const CodePoints& points, std::size_t at, std::size_t) {
    return points.is(at, kNumber) ? at + 1 : at;
}

std::size_t match_numbers(const CodePoints& points, std::size_t at, std::size_t end) {
    return end_of(points, at, end, kNumber);
}

std::size_t match_one_newline(const CodePoints& points, std::size_t at, std::size_t) {
    return points.is(at, kNewline) ? at + 1 : at;
}

/// [class]+
template <bool (*in_class)(char32_t)>
std::size_t match_class(const CodePoints& points, std::size_t at, std::size_t end) {
    while (at < end && in_class(points.value(at))) ++at;
    return at;
}

/// \s?[class]+
template <bool (*in_class)(char32_t)>
std::size_t match_spaced_class(const CodePoints& points, std::size_t at, std::size_t end) {
    if (points.is(at, kSpace)) {
        const std::size_t class_end = match_class<in_class>(points, at + 1, end);
        if (class_end > at + 1) return class_end;
    }
    return match_class<in_class>(points, at, end);
}

bool is_deepseek_punctuation(char32_t c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '~') || (c >= 0xFF01 && c <= 0xFF0F) ||
           (c >= 0xFF1A && c <= 0xFF5E) || (c >= 0x2018 && c <= 0x201F) || (c >= 0x3000 && c <= 0x3002);
}

bool is_deepseek_ideograph(char32_t c) {
    return (c >= 0x0800 && c <= 0x9FA5) || (c >= 0xAC00 && c <= 0xD7FF);
}

}  // namespace

void split_gpt2(const CodePoints& points, std::size_t begin, std::size_t end,
                std::vector<std::size_t>& word_ends) {
    split_at_matches<match_gpt2>(points, begin, end, word_ends);
}

void split_llama3(const CodePoints& points, std::size_t begin, std::size_t end,
                  std::vector<std::size_t>& word_ends) {
    split_at_matches<match_llama3<3>>(points, begin, end, word_ends);
}

void split_qwen2(const CodePoints& points, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& word_ends) {
    split_at_matches<match_llama3<1>>(points, begin, end, word_ends);
}

void split_single_digits(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends) {
    split_at_matches<match_one_number>(points, begin, end, word_ends);
}

void split_numbers(const CodePoints& points, std::size_t begin, std::size_t end,
                   std::vector<std::size_t>& word_ends) {
    split_at_matches<match_numbers>(points, begin, end, word_ends);
}

void split_newlines(const CodePoints& points, std::size_t begin, std::size_t end,
                    std::vector<std::size_t>& word_ends) {
    split_at_matches<match_one_newline>(points, begin, end, word_ends);
}

void split_trailing_space(const CodePoints& points, std::size_t begin, std::size_t end,
                          std::vector<std::size_t>& word_ends) {
    std::size_t space_begin = end;
    while (space_begin > begin && points.is(space_begin - 1, kSpace)) --space_begin;
    if (begin < space_begin) word_ends.push_back(space_begin);
    if (space_begin < end) word_ends.push_back(end);
}

void split_deepseek_letters(const CodePoints& points, std::size_t begin, std::size_t end,
                            std::vector<std::size_t>& word_ends) {
    split_at_matches<match_spaced_class<is_deepseek_letter>>(points, begin, end, word_ends);
}

void split_deepseek_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                                std::vector<std::size_t>& word_ends) {
    split_at_matches<match_spaced_class<is_deepseek_punctuation>>(points, begin, end, word_ends);
}

void split_deepseek_ideographs(const CodePoints& points, std::size_t begin, std::size_t end,
                               std::vector<std::size_t>& word_ends) {
    split_at_matches<match_class<is_deepseek_ideograph>>(points, begin, end, word_ends);
}

}  // namespace moe
