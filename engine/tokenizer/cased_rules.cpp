// The expressions that end a word where lower case turns into upper case: "HTTPServer" is one word,
// "httpServer" two. With `upper` for [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and `lower` for
// [\p{Ll}\p{Lm}\p{Lo}\p{M}], a word is [^\r\n\p{L}\p{N}]?upper*lower+ or, if there is none,
// [^\r\n\p{L}\p{N}]?upper+lower*. Letters without case and marks are in both classes, so that upper* may
// have to give some back to lower+.

#include <algorithm>

#include "engine/tokenizer/split_rules.h"
#include "engine/tokenizer/split_scan.h"

namespace moe {
namespace {

constexpr unsigned kInBoth = kUncased | kMark;

enum class Han { Letter, Apart };  ///< whether Chinese characters are letters as others

/// The end of the code points from `at` on that have one of `kinds` and may be in a word.
template <Han han>
std::size_t end_of_part(const CodePoints& points, std::size_t at, std::size_t end, unsigned kinds) {
    const unsigned apart = han == Han::Apart ? unsigned{kHan} : 0;
    while (at < end && points.is(at, kinds) && !points.is(at, apart)) ++at;
    return at;
}

/// upper*lower+
template <Han han>
std::size_t match_ending_lower(const CodePoints& points, std::size_t at, std::size_t end) {
    const std::size_t upper_end = end_of_part<han>(points, at, end, kUpperCase | kInBoth);
    const std::size_t lower_end = end_of_part<han>(points, upper_end, end, kLowerCase | kInBoth);
    if (lower_end > upper_end) return lower_end;
    for (std::size_t after = upper_end; after > at; --after) {
        if (points.is(after - 1, kInBoth)) return after;
    }
    return at;
}

/// Either kind of word, with the code point before it where it may have one; `at` for none.
template <Han han>
std::size_t match_word(const CodePoints& points, std::size_t at, std::size_t end) {
    const bool may_lead = !points.is(at, kNewline | kLetter | kNumber);
    const std::size_t after_lead = may_lead ? at + 1 : at;
    for (const std::size_t word : {after_lead, at}) {
        const std::size_t word_end = match_ending_lower<han>(points, word, end);
        if (word_end > word) return word_end;
    }
    // What comes after upper+ is no `lower`, else the word would have been found above.
    const std::size_t word_end = end_of_part<han>(points, after_lead, end, kUpperCase | kInBoth);
    return word_end > after_lead ? word_end : at;
}

struct Rule {
    std::size_t max_digits;
    bool has_contractions;      ///< a word takes the 's after it
    bool symbols_take_slashes;  ///< [\r\n/]* after symbols, not [\r\n]*
    Han han = Han::Letter;
};
constexpr Rule kO200k{.max_digits = 3, .has_contractions = true, .symbols_take_slashes = true};
constexpr Rule kTekken{.max_digits = 1, .has_contractions = false, .symbols_take_slashes = true};
constexpr Rule kKimi{
    .max_digits = 3, .has_contractions = true, .symbols_take_slashes = false, .han = Han::Apart};

template <const Rule& rule>
std::size_t match_cased(const CodePoints& points, std::size_t at, std::size_t end) {
    if (rule.han == Han::Apart && points.is(at, kHan)) return end_of(points, at, end, kHan);

    const std::size_t word_end = match_word<rule.han>(points, at, end);
    if (word_end > at) {
        const bool looks_on = rule.has_contractions && word_end < end;
        return looks_on ? match_contraction(points, word_end, end, Case::Ignored) : word_end;
    }
    if (points.is(at, kNumber)) return end_of(points, at, std::min(end, at + rule.max_digits), kNumber);

    const std::size_t other = points.value(at) == ' ' ? at + 1 : at;
    std::size_t other_end = end_of_others(points, other, end, kSpace | kLetter | kNumber);
    if (other_end == other) return match_lines_or_space(points, at, end);
    const auto is_tail = [&](std::size_t index) {
        return points.is(index, kNewline) || (rule.symbols_take_slashes && points.value(index) == '/');
    };
    while (other_end < end && is_tail(other_end)) ++other_end;
    return other_end;
}

}  // namespace

void split_o200k(const CodePoints& points, std::size_t begin, std::size_t end,
                 std::vector<std::size_t>& word_ends) {
    split_at_matches<match_cased<kO200k>>(points, begin, end, word_ends);
}

void split_tekken(const CodePoints& points, std::size_t begin, std::size_t end,
                  std::vector<std::size_t>& word_ends) {
    split_at_matches<match_cased<kTekken>>(points, begin, end, word_ends);
}

void split_kimi_k2(const CodePoints& points, std::size_t begin, std::size_t end,
                   std::vector<std::size_t>& word_ends) {
    split_at_matches<match_cased<kKimi>>(points, begin, end, word_ends);
}

}  // namespace moe
