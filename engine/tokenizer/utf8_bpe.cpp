#include "engine/tokenizer/utf8_bpe.h"

#include <algorithm>
#include <utility>

#include "engine/tokenizer/sentencepiece_text.h"
#include "engine/tokenizer/utf8.h"

namespace moe {
namespace {

bool is_one_code_point(std::string_view text) {
    return !text.empty() && decode_utf8(text, 0).size_bytes == text.size();
}

bool is_all_line_feeds(std::string_view text) {
    return text.find_first_not_of('\n') == std::string_view::npos;
}

/// Where the first line of `text` ends, without its line feed, or the line feeds it begins with.
std::size_t end_of_line(std::string_view text) {
    const bool is_feed = text.front() == '\n';
    const std::size_t end = is_feed ? text.find_first_not_of('\n') : text.find('\n');
    return std::min(end, text.size());
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> Utf8Bpe::create(const GgufMetadata& metadata) {
    MOE_TRY(const Vocabulary vocabulary, Vocabulary::create(metadata));
    MOE_TRY(MergeTable merges, MergeTable::create(metadata, vocabulary));
    MOE_TRY(TokenRoles roles,
            read_token_roles(metadata, vocabulary, {.bos_text = "<bos>", .eos_text = "<eos>"}));
    roles.adds_bos = roles.bos.has_value();  // the model needs it; early files say otherwise
    MOE_TRY(const std::optional<TokenId> unknown, read_unknown_token(metadata, vocabulary.size()));
    MOE_TRY(const ByteIds id_of_byte, find_byte_tokens(vocabulary, unknown));
    return std::shared_ptr<const Tokenizer>(
        new Utf8Bpe(vocabulary, std::move(merges), std::move(roles), id_of_byte));
}

Utf8Bpe::Utf8Bpe(const Vocabulary& vocabulary, MergeTable merges, TokenRoles roles, const ByteIds& id_of_byte)
    : VocabularyTokenizer(SpecialTokens(vocabulary), std::move(roles)),
      merges_(std::move(merges)),
      id_of_byte_(id_of_byte) {
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        const std::string_view text = vocabulary.text(id);
        const TokenKind kind = vocabulary.kind(id);
        tokens().push_back(bytes_of_piece(text, kind), kind);
        const bool is_text = kind == TokenKind::Normal || kind == TokenKind::UserDefined;
        if (is_text && !text.empty() && (is_one_code_point(text) || is_all_line_feeds(text))) {
            id_of_short_text_.try_emplace(std::string(text), id);
        }
    }
}

void Utf8Bpe::append_plain(std::string_view text, std::vector<TokenId>& ids) const {
    const std::string marked = mark_spaces(text);
    WordMerger merger(merges_);
    for (std::string_view rest = marked; !rest.empty();) {
        const std::size_t size_bytes = end_of_line(rest);
        append_line(rest.substr(0, size_bytes), merger, ids);
        rest.remove_prefix(size_bytes);
    }
}

void Utf8Bpe::append_line(std::string_view line, WordMerger& merger, std::vector<TokenId>& ids) const {
    const auto id_of = [&](std::string_view text) -> TokenId {
        const auto found = id_of_short_text_.find(std::string(text));
        return found == id_of_short_text_.end() ? -1 : found->second;
    };
    if (line.front() == '\n') {
        const TokenId id = id_of(line);
        if (id >= 0) return ids.push_back(id);
    }
    std::vector<TokenId> parts;
    for (std::size_t at = 0; at < line.size();) {
        const std::string_view text = line.substr(at, decode_utf8(line, at).size_bytes);
        const TokenId id = id_of(text);
        if (id >= 0) {
            parts.push_back(id);
        } else {
            append_bytes(text, id_of_byte_, parts);
        }
        at += text.size();
    }
    merger.merge(parts);
    ids.insert(ids.end(), parts.begin(), parts.end());
}

}  // namespace moe
