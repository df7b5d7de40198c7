#pragma once

#include <unicode/uchar.h>

#include <cstddef>
#include <vector>

#include "engine/tokenizer/code_points.h"

namespace moe {

// What the split rules share: the loop over matches and the parts that most expressions have. A part
// returns where its match that begins at `at` ends, or `at` for no match.

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
inline std::size_t end_of(const CodePoints& points, std::size_t at, std::size_t end, unsigned kinds) {
    while (at < end && points.is(at, kinds)) ++at;
    return at;
}

/// The end of the code points from `at` on that have none of `kinds`.
inline std::size_t end_of_others(const CodePoints& points, std::size_t at, std::size_t end, unsigned kinds) {
    while (at < end && !points.is(at, kinds)) ++at;
    return at;
}

enum class Case { Exact, Ignored };

/// 's|'t|'re|'ve|'m|'ll|'d
inline std::size_t match_contraction(const CodePoints& points, std::size_t at, std::size_t end,
                                     Case letter_case) {
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
inline std::size_t match_space(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t space_end = end_of(points, at, end, kSpace);
    const bool leaves_one = space_end < end && space_end - at > 1;
    return leaves_one ? space_end - 1 : space_end;
}

/// \s*[\r\n]+|\s+(?!\S)|\s+ : white space with line ends runs to the last of them.
inline std::size_t match_lines_or_space(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t space_end = end_of(points, at, end, kSpace);
    for (std::size_t after = space_end; after > at; --after) {
        if (points.is(after - 1, kNewline)) return after;
    }
    return match_space(points, at, end);
}

}  // namespace moe
