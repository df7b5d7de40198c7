#include "engine/tokenizer/special_tokens.h"

#include <algorithm>
#include <functional>

namespace moe {

namespace {

/// Tokens of the bare model, which no format puts before white space of its own.
bool is_of_bare_model(std::string_view text) {
    return text == "<unk>" || text == "<s>" || text == "<|endoftext|>";
}

std::size_t end_of_space(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\n\v\f\r", at), text.size());
}

}  // namespace

SpecialTokens::SpecialTokens(const Vocabulary& vocabulary, After after) {
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        const TokenKind kind = vocabulary.kind(id);
        const bool is_control = kind == TokenKind::Control || kind == TokenKind::Unknown;
        const std::string_view text = vocabulary.text(id);
        if (text.empty() || !(is_control || kind == TokenKind::UserDefined)) continue;
        const bool takes_space = after == After::TakesSpace && !is_of_bare_model(text);
        if (!entries_.try_emplace(std::string(text), Entry{id, is_control, takes_space}).second) continue;
        sizes_by_first_byte_[static_cast<unsigned char>(text[0])].push_back(text.size());
    }
    for (std::vector<std::size_t>& sizes : sizes_by_first_byte_) {
        std::ranges::sort(sizes, std::greater<>());
        sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    }
}

void SpecialTokens::make_control(const std::set<TokenId>& ids) {
    for (auto& [text, entry] : entries_) entry.is_control = entry.is_control || ids.contains(entry.id);
}

const SpecialTokens::Entry* SpecialTokens::longest_at(std::string_view text, std::size_t at, Control control,
                                                      std::size_t& size_bytes) const {
    for (const std::size_t size : sizes_by_first_byte_[static_cast<unsigned char>(text[at])]) {
        if (size > text.size() - at) continue;
        const auto found = entries_.find(text.substr(at, size));
        if (found == entries_.end()) continue;
        if (found->second.is_control && control == Control::Text) continue;
        size_bytes = size;
        return &found->second;
    }
    return nullptr;
}

std::vector<Stretch> SpecialTokens::cut(std::string_view text, Control control) const {
    std::vector<Stretch> stretches;
    std::size_t plain_begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t size_bytes = 0;
        const Entry* const entry = longest_at(text, at, control, size_bytes);
        if (entry == nullptr) {
            ++at;
            continue;
        }
        if (plain_begin < at) stretches.push_back({.text = text.substr(plain_begin, at - plain_begin)});
        stretches.push_back({.text = text.substr(at, size_bytes), .special = entry->id});
        at += size_bytes;
        if (entry->takes_space) at = end_of_space(text, at);
        plain_begin = at;
    }
    if (plain_begin < text.size()) stretches.push_back({.text = text.substr(plain_begin)});
    return stretches;
}

}  // namespace moe
