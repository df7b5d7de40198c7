#include "engine/tokenizer/merges.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "engine/gguf/printable.h"

namespace moe {
namespace {

constexpr std::string_view kMergesKey = "tokenizer.ggml.merges";
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

std::uint64_t pair_of(TokenId left, TokenId right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
           static_cast<std::uint32_t>(right);
}

}  // namespace

Result<MergeTable> MergeTable::create(const GgufMetadata& metadata, const Vocabulary& vocabulary) {
    MOE_TRY(const std::span<const std::string_view> lines, metadata.text_array(kMergesKey));
    MergeTable table;
    table.merges_.reserve(lines.size());
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
        table.merges_.try_emplace(pair_of(left, right), Merge{static_cast<std::uint32_t>(i), result});
    }
    return table;
}

const Merge* MergeTable::find(TokenId left, TokenId right) const {
    const auto found = merges_.find(pair_of(left, right));
    return found == merges_.end() ? nullptr : &found->second;
}

bool WordMerger::comes_later(const Candidate& a, const Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
}

void WordMerger::merge(std::vector<TokenId>& word) {
    if (word.size() < 2) return;
    nodes_.clear();
    heap_.clear();
    for (std::size_t i = 0; i < word.size(); ++i) {
        nodes_.push_back({.id = word[i], .previous = i == 0 ? kNone : i - 1, .next = i + 1});
    }
    nodes_.back().next = kNone;
    for (std::size_t i = 0; i + 1 < nodes_.size(); ++i) push_candidate(i);

    while (!heap_.empty()) {
        std::ranges::pop_heap(heap_, comes_later);
        const Candidate candidate = heap_.back();
        heap_.pop_back();
        apply(candidate);
    }
    word.clear();
    for (std::size_t i = 0; i != kNone; i = nodes_[i].next) word.push_back(nodes_[i].id);
}

void WordMerger::push_candidate(std::size_t left) {
    if (left == kNone || nodes_[left].next == kNone) return;
    const TokenId left_id = nodes_[left].id;
    const TokenId right_id = nodes_[nodes_[left].next].id;
    const Merge* const merge = table_.find(left_id, right_id);
    if (merge == nullptr) return;
    heap_.push_back({merge->rank, left, left_id, right_id, merge->result});
    std::ranges::push_heap(heap_, comes_later);
}

void WordMerger::apply(const Candidate& candidate) {
    Node& left = nodes_[candidate.left];
    // An earlier merge may have changed one of the two.
    if (left.id != candidate.left_id || left.next == kNone) return;
    Node& right = nodes_[left.next];
    if (right.id != candidate.right_id) return;

    left.id = candidate.result;
    left.next = right.next;
    right.id = -1;
    if (left.next != kNone) nodes_[left.next].previous = candidate.left;
    push_candidate(left.previous);
    push_candidate(candidate.left);
}

}  // namespace moe
