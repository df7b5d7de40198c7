#include "engine/tokenizer/sentencepiece_bpe.h"

#include <cmath>
#include <span>
#include <utility>

#include "engine/tokenizer/sentencepiece_text.h"

namespace moe {
namespace {

constexpr std::string_view kScoresKey = "tokenizer.ggml.scores";

/// Control tokens are never merged into: "<s>" in a text is three letters unless special tokens are asked
/// for.
bool is_merged(TokenKind kind) {
    return kind == TokenKind::Normal || kind == TokenKind::UserDefined || kind == TokenKind::Unused;
}

Result<std::span<const double>> read_scores(const GgufMetadata& metadata, std::size_t n_tokens) {
    MOE_TRY(const std::span<const double> scores, metadata.number_array(kScoresKey));
    if (scores.size() != n_tokens) {
        return make_error("the metadata '{}' has {} elements for {} tokens; fetch the file again", kScoresKey,
                          scores.size(), n_tokens);
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (!std::isfinite(scores[i])) {
            return make_error("the metadata '{}' has no number as element {}; fetch the file again",
                              kScoresKey, i);
        }
    }
    return scores;
}

/// Whether a space follows something else in `text`. "▁▁a" has none such, "a▁b" has.
bool has_inner_space(std::string_view text) {
    while (text.starts_with(kSpaceMark)) text.remove_prefix(kSpaceMark.size());
    return text.find(kSpaceMark) != std::string_view::npos;
}

/// Where the first word of `text` ends: before the first space that follows something else.
std::size_t end_of_word(std::string_view text) {
    std::size_t at = 0;
    while (text.substr(at).starts_with(kSpaceMark)) at += kSpaceMark.size();
    const std::size_t space = text.find(kSpaceMark, at);
    return space == std::string_view::npos ? text.size() : space;
}

/// Phi-3 takes white space after a special token as part of it; files do not say so but by their names.
Result<SpecialTokens::After> read_after(const GgufMetadata& metadata) {
    MOE_TRY(const std::string_view architecture, metadata.text_or("general.architecture", ""));
    MOE_TRY(const std::string_view name, metadata.text_or("general.name", ""));
    const bool is_phi3 = architecture == "phi3" || architecture == "phimoe" || name.starts_with("Phi-3") ||
                         name.starts_with("Phi 3");
    return is_phi3 ? SpecialTokens::After::TakesSpace : SpecialTokens::After::TakesNothing;
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> SentencePieceBpe::create(const GgufMetadata& metadata) {
    MOE_TRY(const Vocabulary vocabulary, Vocabulary::create(metadata));
    MOE_TRY(const SpecialTokens::After after, read_after(metadata));
    MOE_TRY(TokenRoles roles, read_token_roles(metadata, vocabulary,
                                               {.adds_bos = true, .bos_text = "<s>", .eos_text = "</s>"}));
    std::shared_ptr<SentencePieceBpe> tokenizer(
        new SentencePieceBpe(vocabulary, SpecialTokens(vocabulary, after), std::move(roles)));
    MOE_TRY(tokenizer->index_pieces(metadata, vocabulary));
    return std::shared_ptr<const Tokenizer>(std::move(tokenizer));
}

SentencePieceBpe::SentencePieceBpe(const Vocabulary& vocabulary, SpecialTokens special_tokens,
                                   TokenRoles roles)
    : VocabularyTokenizer(std::move(special_tokens), std::move(roles)) {
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        tokens().push_back(bytes_of_piece(vocabulary.text(id), vocabulary.kind(id)), vocabulary.kind(id));
    }
}

Result<void> SentencePieceBpe::index_pieces(const GgufMetadata& metadata, const Vocabulary& vocabulary) {
    MOE_TRY(const std::span<const double> scores, read_scores(metadata, vocabulary.size()));
    MOE_TRY(const std::optional<TokenId> unknown, read_unknown_token(metadata, vocabulary.size()));
    MOE_TRY(id_of_byte_, find_byte_tokens(vocabulary, unknown));
    MOE_TRY(adds_space_prefix_, metadata.flag_or("tokenizer.ggml.add_space_prefix", true));
    piece_texts_.reserve(vocabulary.size());
    pieces_.reserve(vocabulary.size());
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        if (!is_merged(vocabulary.kind(id)) || vocabulary.text(id).empty()) continue;
        piece_texts_.emplace_back(vocabulary.text(id));
        pieces_.try_emplace(piece_texts_.back(), ScoredPiece{id, scores[i]});
        if (has_inner_space(vocabulary.text(id))) has_words_ = false;
    }
    return {};
}

void SentencePieceBpe::append_plain(std::string_view text, std::vector<TokenId>& ids) const {
    const std::string marked = (adds_space_prefix_ ? std::string(kSpaceMark) : "") + mark_spaces(text);
    PieceMerger merger(pieces_);
    if (!has_words_) return append_word(marked, merger, ids);
    for (std::string_view rest = marked; !rest.empty();) {
        const std::size_t size_bytes = end_of_word(rest);
        append_word(rest.substr(0, size_bytes), merger, ids);
        rest.remove_prefix(size_bytes);
    }
}

void SentencePieceBpe::append_word(std::string_view word, PieceMerger& merger,
                                   std::vector<TokenId>& ids) const {
    for (const std::string_view symbol : merger.merge(word)) {
        const auto found = pieces_.find(symbol);
        if (found == pieces_.end()) {
            append_bytes(symbol, id_of_byte_, ids);
        } else {
            ids.push_back(found->second.id);
        }
    }
}

}  // namespace moe
