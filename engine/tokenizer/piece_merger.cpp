#include "engine/tokenizer/piece_merger.h"

#include <algorithm>
#include <limits>

#include "engine/tokenizer/utf8.h"

namespace moe {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

}  // namespace

bool PieceMerger::comes_later(const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score < b.score : a.left > b.left;
}

const std::vector<std::string_view>& PieceMerger::merge(std::string_view text) {
    read_symbols(text);
    heap_.clear();
    merged_.clear();
    for (std::size_t i = 0; i + 1 < symbols_.size(); ++i) push_candidate(i);
    while (!heap_.empty()) {
        std::ranges::pop_heap(heap_, comes_later);
        const Candidate candidate = heap_.back();
        heap_.pop_back();
        apply(candidate);
    }
    for (std::size_t i = symbols_.empty() ? kNone : 0; i != kNone; i = symbols_[i].next) {
        merged_.push_back(symbols_[i].text);
    }
    return merged_;
}

void PieceMerger::read_symbols(std::string_view text) {
    symbols_.clear();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size_bytes = decode_utf8(text, at).size_bytes;
        const std::size_t index = symbols_.size();
        symbols_.push_back({.text = text.substr(at, size_bytes),
                            .previous = index == 0 ? kNone : index - 1,
                            .next = index + 1});
        at += size_bytes;
    }
    if (!symbols_.empty()) symbols_.back().next = kNone;
}

void PieceMerger::push_candidate(std::size_t left) {
    if (left == kNone || symbols_[left].next == kNone) return;
    const std::string_view left_text = symbols_[left].text;
    // Neighbours lie next to each other in the text, too.
    const std::string_view joint(left_text.data(),
                                 left_text.size() + symbols_[symbols_[left].next].text.size());
    const auto found = pieces_.find(joint);
    if (found == pieces_.end()) return;
    heap_.push_back({.score = found->second.score, .left = left, .size_bytes = joint.size()});
    std::ranges::push_heap(heap_, comes_later);
}

void PieceMerger::apply(const Candidate& candidate) {
    Symbol& left = symbols_[candidate.left];
    // An earlier merge may have changed one of the two.
    if (left.text.empty() || left.next == kNone) return;
    Symbol& right = symbols_[left.next];
    const std::size_t size_bytes = left.text.size() + right.text.size();
    if (size_bytes != candidate.size_bytes) return;

    left.text = std::string_view(left.text.data(), size_bytes);
    left.next = right.next;
    right.text = {};
    if (left.next != kNone) symbols_[left.next].previous = candidate.left;
    push_candidate(left.previous);
    push_candidate(candidate.left);
}

}  // namespace moe
