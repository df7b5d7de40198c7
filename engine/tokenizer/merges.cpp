#include "engine/tokenizer/merges.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/check.h"
#include "engine/gguf/printable.h"

namespace moe {
namespace {

constexpr std::string_view kMergesKey = "tokenizer.ggml.merges";
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

constexpr std::uint64_t kNoPair = std::numeric_limits<std::uint64_t>::max();  // no token has the id -1

/// Spreads all bits of the pair over all bits of the result (the last step of MurmurHash3).
std::uint64_t mixed(std::uint64_t pair) {
    pair = (pair ^ pair >> 33) * 0xFF51AFD7ED558CCDULL;
    pair = (pair ^ pair >> 33) * 0xC4CEB9FE1A85EC53ULL;
    return pair ^ pair >> 33;
}

std::uint64_t pair_of(TokenId left, TokenId right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
           static_cast<std::uint32_t>(right);
}

}  // namespace

Result<MergeTable> MergeTable::create(const GgufMetadata& metadata, const Vocabulary& vocabulary) {
    MOE_TRY(const std::span<const std::string_view> lines, metadata.text_array(kMergesKey));
    MergeTable table;
    table.places_.assign(std::bit_ceil(2 * lines.size() + 2), {.pair = kNoPair, .merge = {}});
    std::string joined;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view line = lines[i];
        const std::size_t space = line.find(' ', 1);  // from 1: a token may begin with a space
        const bool has_two = space != std::string_view::npos && space + 1 < line.size();
        const TokenId left = has_two ? vocabulary.find(line.substr(0, space)) : -1;
        const TokenId right = has_two ? vocabulary.find(line.substr(space + 1)) : -1;
        if (has_two) joined.assign(line.substr(0, space)).append(line.substr(space + 1));
        const TokenId result = has_two ? vocabulary.find(joined) : -1;
        if (left < 0 || right < 0 || result < 0) {
            return make_error(
                "the metadata '{}' has '{}' as number {}, which does not join two tokens into a third; "
                "fetch the file again",
                kMergesKey, printable(line), i);
        }
        const std::uint64_t pair = pair_of(left, right);
        Place& place = table.places_[table.place_of(pair)];
        if (place.pair == kNoPair) place = {.pair = pair, .merge = {static_cast<std::uint32_t>(i), result}};
    }
    return table;
}

const Merge* MergeTable::find(TokenId left, TokenId right) const {
    const Place& place = places_[place_of(pair_of(left, right))];
    return place.pair == kNoPair ? nullptr : &place.merge;
}

/// Where the pair is, or the free place where it would be.
std::size_t MergeTable::place_of(std::uint64_t pair) const {
    const std::size_t mask = places_.size() - 1;
    std::size_t at = mixed(pair) & mask;
    while (places_[at].pair != pair && places_[at].pair != kNoPair) at = (at + 1) & mask;
    return at;
}

void WordMerger::merge(std::vector<TokenId>& word) {
    if (word.size() < 2) return;
    MOE_CHECK(word.size() < kNone);
    nodes_.clear();
    heap_.clear();
    const auto n = static_cast<std::uint32_t>(word.size());
    for (std::uint32_t i = 0; i < n; ++i) {
        nodes_.push_back({.id = word[i], .merge = {}, .previous = i == 0 ? kNone : i - 1, .next = i + 1});
    }
    nodes_.back().next = kNone;
    for (std::uint32_t i = 0; i < n; ++i) find_candidate(i);
    std::ranges::make_heap(heap_, std::greater<>());

    while (!heap_.empty()) {
        std::ranges::pop_heap(heap_, std::greater<>());
        const Candidate candidate = heap_.back();
        heap_.pop_back();
        apply(candidate);
    }
    word.clear();
    for (std::uint32_t i = 0; i != kNone; i = nodes_[i].next) word.push_back(nodes_[i].id);
}

/// Finds how a node merges with the next one and appends that, without putting it in order. False if it does
/// not.
bool WordMerger::find_candidate(std::uint32_t left) {
    Node& node = nodes_[left];
    const Merge* const merge = node.next == kNone ? nullptr : table_.find(node.id, nodes_[node.next].id);
    node.merge = merge == nullptr ? Merge{.rank = kNone, .result = -1} : *merge;
    if (merge == nullptr) return false;
    heap_.push_back(std::uint64_t{merge->rank} << 32 | left);
    return true;
}

void WordMerger::push_candidate(std::uint32_t left) {
    if (left != kNone && find_candidate(left)) std::ranges::push_heap(heap_, std::greater<>());
}

void WordMerger::apply(Candidate candidate) {
    const auto at = static_cast<std::uint32_t>(candidate);
    Node& left = nodes_[at];
    // An earlier merge may have changed one of the two. A rank belongs to one pair of tokens.
    if (left.merge.rank != candidate >> 32) return;
    Node& right = nodes_[left.next];
    left.id = left.merge.result;
    left.next = right.next;
    right.merge.rank = kNone;
    if (left.next != kNone) nodes_[left.next].previous = at;
    push_candidate(left.previous);
    push_candidate(at);
}

}  // namespace moe
