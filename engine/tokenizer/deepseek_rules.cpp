#include "engine/tokenizer/deepseek_letters.h"
#include "engine/tokenizer/split_rules.h"
#include "engine/tokenizer/split_scan.h"

namespace moe {
namespace {

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

/// \s?\p{...}+
template <unsigned kinds>
std::size_t match_spaced_kinds(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t word = points.is(at, kSpace) ? at + 1 : at;
    const std::size_t word_end = end_of(points, word, end, kinds);
    return word_end > word ? word_end : at;
}

bool is_deepseek_punctuation(char32_t c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '~') || (c >= 0xFF01 && c <= 0xFF0F) ||
           (c >= 0xFF1A && c <= 0xFF5E) || (c >= 0x2018 && c <= 0x201F) || (c >= 0x3000 && c <= 0x3002);
}

bool is_deepseek_ideograph(char32_t c) {
    return (c >= 0x0800 && c <= 0x9FA5) || (c >= 0xAC00 && c <= 0xD7FF);
}

bool is_deepseek3_ideograph(char32_t c) {
    return (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3040 && c <= 0x30FF);
}

bool is_ascii_letter(char32_t c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_ascii_punctuation(char32_t c) {
    return c > ' ' && c < 0x7F && !is_ascii_letter(c) && !(c >= '0' && c <= '9');
}

std::size_t match_deepseek3(const CodePoints& points, std::size_t at, std::size_t end) {
    if (is_ascii_punctuation(points.value(at))) {
        const std::size_t word_end = match_class<is_ascii_letter>(points, at + 1, end);
        if (word_end > at + 1) return word_end;
    }
    if (!points.is(at, kNewline | kLetter | kPunctuation | kSymbol)) {
        const std::size_t word_end = end_of(points, at + 1, end, kLetter | kMark);
        if (word_end > at + 1) return word_end;
    }
    const std::size_t word_end = end_of(points, at, end, kLetter | kMark);
    if (word_end > at) return word_end;

    const std::size_t other = points.value(at) == ' ' ? at + 1 : at;
    const std::size_t other_end = end_of(points, other, end, kPunctuation | kSymbol);
    if (other_end > other) return end_of(points, other_end, end, kNewline);
    return match_lines_or_space(points, at, end);
}

}  // namespace

void split_deepseek_letters(const CodePoints& points, std::size_t begin, std::size_t end,
                            std::vector<std::size_t>& word_ends) {
    split_at_matches<match_spaced_class<is_deepseek_letter>>(points, begin, end, word_ends);
}

void split_deepseek_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                                std::vector<std::size_t>& word_ends) {
    split_at_matches<match_spaced_class<is_deepseek_punctuation>>(points, begin, end, word_ends);
}

void split_deepseek_coder_letters(const CodePoints& points, std::size_t begin, std::size_t end,
                                  std::vector<std::size_t>& word_ends) {
    split_at_matches<match_spaced_kinds<kLetter>>(points, begin, end, word_ends);
}

void split_deepseek_coder_punctuation(const CodePoints& points, std::size_t begin, std::size_t end,
                                      std::vector<std::size_t>& word_ends) {
    split_at_matches<match_spaced_kinds<kPunctuation>>(points, begin, end, word_ends);
}

void split_deepseek_ideographs(const CodePoints& points, std::size_t begin, std::size_t end,
                               std::vector<std::size_t>& word_ends) {
    split_at_matches<match_class<is_deepseek_ideograph>>(points, begin, end, word_ends);
}

void split_deepseek3_ideographs(const CodePoints& points, std::size_t begin, std::size_t end,
                                std::vector<std::size_t>& word_ends) {
    split_at_matches<match_class<is_deepseek3_ideograph>>(points, begin, end, word_ends);
}

void split_deepseek3_words(const CodePoints& points, std::size_t begin, std::size_t end,
                           std::vector<std::size_t>& word_ends) {
    split_at_matches<match_deepseek3>(points, begin, end, word_ends);
}

}  // namespace moe
