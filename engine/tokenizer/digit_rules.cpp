// Rules that cut long numbers in threes from the right, as people write them: 1 234 567.

#include "engine/tokenizer/split_rules.h"
#include "engine/tokenizer/split_scan.h"

namespace moe {
namespace {

constexpr std::size_t kGroup = 3;

/// Whether \b holds between digits and what stands at `at`.
bool ends_word(const CodePoints& points, std::size_t at, std::size_t end) {
    return at == end || !points.is(at, kLetter | kMark | kDigit | kConnector);
}

/// Appends the ends of the groups of the digits [at, digits_end), the first of which may be short.
void append_groups(std::size_t at, std::size_t digits_end, std::vector<std::size_t>& word_ends) {
    std::size_t group_end = at + (digits_end - at) % kGroup;
    if (group_end == at) group_end += kGroup;
    for (; group_end <= digits_end; group_end += kGroup) word_ends.push_back(group_end);
}

/// Calls `append(at, digits_end)` for each run of digits and appends the ends of what lies between.
template <typename Append>
void split_digit_runs(const CodePoints& points, std::size_t begin, std::size_t end,
                      std::vector<std::size_t>& word_ends, const Append& append) {
    for (std::size_t at = begin; at < end;) {
        const std::size_t gap_end = end_of_others(points, at, end, kDigit);
        if (gap_end > at) word_ends.push_back(gap_end);
        at = end_of(points, gap_end, end, kDigit);
        if (at > gap_end) append(gap_end, at);
    }
}

}  // namespace

void split_right_triples(const CodePoints& points, std::size_t begin, std::size_t end,
                         std::vector<std::size_t>& word_ends) {
    split_digit_runs(points, begin, end, word_ends, [&](std::size_t at, std::size_t digits_end) {
        append_groups(at, digits_end, word_ends);
    });
}

void split_right_triples_of_words(const CodePoints& points, std::size_t begin, std::size_t end,
                                  std::vector<std::size_t>& word_ends) {
    std::size_t word_begin = begin;
    for (std::size_t at = begin; at < end;) {
        const std::size_t digits = end_of_others(points, at, end, kDigit);
        at = end_of(points, digits, end, kDigit);
        if (at == digits || !ends_word(points, at, end)) continue;
        if (word_begin < digits) word_ends.push_back(digits);
        append_groups(digits, at, word_ends);
        word_begin = at;
    }
    if (word_begin < end) word_ends.push_back(end);
}

void split_before_right_triples(const CodePoints& points, std::size_t begin, std::size_t end,
                                std::vector<std::size_t>& word_ends) {
    for (std::size_t at = begin; at < end;) {
        const std::size_t digits = end_of_others(points, at, end, kDigit);
        at = end_of(points, digits, end, kDigit);
        for (std::size_t cut = digits + (at - digits) % kGroup; cut < at; cut += kGroup) {
            if (cut > begin) word_ends.push_back(cut);
        }
    }
    if (begin < end) word_ends.push_back(end);
}

}  // namespace moe
