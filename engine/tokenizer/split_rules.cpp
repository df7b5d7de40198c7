#include "engine/tokenizer/split_rules.h"

#include <algorithm>
#include <string_view>

#include "engine/tokenizer/split_scan.h"

namespace moe {
namespace {

std::size_t match_gpt2(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t contraction_end = match_contraction(points, at, end, Case::Exact);
    if (contraction_end > at) return contraction_end;
    const std::size_t word = points.value(at) == ' ' && at + 1 < end ? at + 1 : at;
    if (points.is(word, kLetter)) return end_of(points, word, end, kLetter);
    if (points.is(word, kNumber)) return end_of(points, word, end, kNumber);
    if (!points.is(word, kSpace)) return end_of_others(points, word, end, kSpace | kLetter | kNumber);
    return match_space(points, at, end);
}

/// The expression of Llama 3 and its kin: a contraction; [^\r\n\p{L}\p{N}]? and the `letters` of a word; up
/// to `max_digits` digits; symbols, a space before them and any of `tail` after them; white space.
template <unsigned letters, std::size_t max_digits, unsigned tail>
std::size_t match_llama3(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t contraction_end = match_contraction(points, at, end, Case::Ignored);
    if (contraction_end > at) return contraction_end;

    if (!points.is(at, kNewline | kLetter | kNumber)) {
        const std::size_t word_end = end_of(points, at + 1, end, letters);
        if (word_end > at + 1) return word_end;
    }
    const std::size_t word_end = end_of(points, at, end, letters);
    if (word_end > at) return word_end;

    if (points.is(at, kNumber)) return end_of(points, at, std::min(end, at + max_digits), kNumber);

    const std::size_t other = points.value(at) == ' ' ? at + 1 : at;
    const std::size_t other_end = end_of_others(points, other, end, kSpace | letters | kNumber);
    if (other_end > other) return end_of(points, other_end, end, tail);
    return match_lines_or_space(points, at, end);
}

/// \p{L}\p{M}*(?: \p{L}\p{M}*)* again and again: words with single spaces between their letters.
std::size_t match_spaced_letters(const CodePoints& points, std::size_t at, std::size_t end) {
    while (at < end && points.is(at, kLetter)) {
        at = end_of(points, at + 1, end, kMark);
        if (at + 1 < end && points.value(at) == ' ' && points.is(at + 1, kLetter)) ++at;
    }
    return at;
}

std::size_t match_exaone_moe(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t contraction_end = match_contraction(points, at, end, Case::Ignored);
    if (contraction_end > at) return contraction_end;

    const std::size_t word = points.is(at, kNewline | kLetter | kNumber) ? at : at + 1;
    const std::size_t word_end = match_spaced_letters(points, word, end);
    if (word_end > word) return word_end;
    if (points.is(at, kNumber)) return at + 1;

    const std::size_t other = points.value(at) == ' ' ? at + 1 : at;
    const std::size_t other_end = end_of_others(points, other, end, kSpace | kLetter | kNumber);
    if (other_end == other) return match_lines_or_space(points, at, end);
    const bool has_tail =
        other_end < end && (points.is(other_end, kNewline) || points.value(other_end) == '/');
    return has_tail ? other_end + 1 : other_end;
}

template <std::size_t max_digits>
std::size_t match_digits(const CodePoints& points, std::size_t at, std::size_t end) {
    return end_of(points, at, std::min(end, at + max_digits), kNumber);
}

std::size_t match_numbers(const CodePoints& points, std::size_t at, std::size_t end) {
    return end_of(points, at, end, kNumber);
}

bool is_bloom_separator(char32_t c) {
    return c == '(' || c == ')' || c == '|' || c == '.' || c == ',' || c == '!' || c == '?' || c == 0x2026 ||
           c == 0x3002 || c == 0xFF0C || c == 0x3001 || c == 0x0964 || c == 0x06D4 || c == 0x060C;
}

std::size_t match_bloom(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t word = points.value(at) == ' ' ? at + 1 : at;
    std::size_t after = word;
    while (after < end && !points.is(after, kSpace) && !is_bloom_separator(points.value(after))) ++after;
    return after > word ? after : at;
}

/// [\p{P}$+<=>^~|]+, and the back tick
template <bool takes_back_tick>
std::size_t match_punctuation(const CodePoints& points, std::size_t at, std::size_t end) {
    constexpr std::u32string_view kSymbols = takes_back_tick ? U"$+<=>^~|`" : U"$+<=>^~|";
    const auto is_in = [&](std::size_t index) {
        return points.is(index, kPunctuation) || kSymbols.find(points.value(index)) != kSymbols.npos;
    };
    while (at < end && is_in(at)) ++at;
    return at;
}

std::size_t match_ascii_triple(const CodePoints& points, std::size_t at, std::size_t end) {
    if (end - at < 3) return at;
    for (std::size_t index = at; index < at + 3; ++index) {
        if (points.value(index) < '0' || points.value(index) > '9') return at;
    }
    return at + 3;
}

std::size_t match_one_newline(const CodePoints& points, std::size_t at, std::size_t) {
    return points.is(at, kNewline) ? at + 1 : at;
}

}  // namespace

void split_gpt2(const CodePoints& points, std::size_t begin, std::size_t end,
                std::vector<std::size_t>& word_ends) {
    split_at_matches<match_gpt2>(points, begin, end, word_ends);
}

void split_llama3(const CodePoints& points, std::size_t begin, std::size_t end,
                  std::vector<std::size_t>& word_ends) {
    split_at_matches<match_llama3<kLetter, 3, kNewline>>(points, begin, end, word_ends);
}

void split_qwen2(const CodePoints& points, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& word_ends) {
    split_at_matches<match_llama3<kLetter, 1, kNewline>>(points, begin, end, word_ends);
}

void split_qwen35(const CodePoints& points, std::size_t begin, std::size_t end,
                  std::vector<std::size_t>& word_ends) {
    split_at_matches<match_llama3<kLetter | kMark, 1, kNewline>>(points, begin, end, word_ends);
}

void split_seed_coder(const CodePoints& points, std::size_t begin, std::size_t end,
                      std::vector<std::size_t>& word_ends) {
    split_at_matches<match_llama3<kLetter, 1, 0>>(points, begin, end, word_ends);
}

void split_exaone_moe(const CodePoints& points, std::size_t begin, std::size_t end,
                      std::vector<std::size_t>& word_ends) {
    split_at_matches<match_exaone_moe>(points, begin, end, word_ends);
}

void split_bloom(const CodePoints& points, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& word_ends) {
    split_at_matches<match_bloom>(points, begin, end, word_ends);
}

void split_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                       std::vector<std::size_t>& word_ends) {
    split_at_matches<match_punctuation<false>>(points, begin, end, word_ends);
}

void split_falcon_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                              std::vector<std::size_t>& word_ends) {
    split_at_matches<match_punctuation<true>>(points, begin, end, word_ends);
}

void split_ascii_triples(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends) {
    split_at_matches<match_ascii_triple>(points, begin, end, word_ends);
}

void split_single_digits(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends) {
    split_at_matches<match_digits<1>>(points, begin, end, word_ends);
}

void split_digit_triples(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends) {
    split_at_matches<match_digits<3>>(points, begin, end, word_ends);
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

}  // namespace moe
