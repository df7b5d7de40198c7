#include "engine/tokenizer/byte_bpe.h"

#include <fmt/format.h>

#include <utility>

#include "engine/gguf/printable.h"
#include "engine/tokenizer/byte_level.h"
#include "engine/tokenizer/nfc.h"
#include "engine/tokenizer/utf8.h"

namespace moe {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Special tokens are written as they are, all others in byte-level letters.
bool is_written_plainly(TokenKind kind) {
    return kind == TokenKind::Control || kind == TokenKind::UserDefined || kind == TokenKind::Unknown;
}

/// 0xC0, 0xC1 and what follows 0xF4 occur in no UTF-8 text; 0xF1 to 0xF4 begin code points above U+3FFFF,
/// which hardly any text has. Vocabularies learned from texts may lack them: StarCoder's and DeepSeek's do.
bool needs_token(unsigned byte) { return byte <= 0xF0 && byte != 0xC0 && byte != 0xC1; }

/// Rules by another name differ in where words end, for few texts in most tokens. Who opens a newer model is
/// better off with nearly the right ids and a word about it than without the model.
std::string notice_of(std::string_view name) {
    const std::string what =
        name.empty()
            ? "The file does not say how its tokenizer splits words"
            : fmt::format("The tokenizer's way of splitting words, '{}', is not known", printable(name));
    return what +
           ": they are split in the usual way, so that some token ids may differ from those the model "
           "was trained with";
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> ByteBpe::create(const GgufMetadata& metadata) {
    MOE_TRY(const std::string_view name, metadata.text_or("tokenizer.ggml.pre", ""));
    const Pretokenizer* const known = find_pretokenizer(name);
    const Pretokenizer* const pretokenizer = known == nullptr ? &default_pretokenizer() : known;
    MOE_TRY(const Vocabulary vocabulary, Vocabulary::create(metadata));
    MOE_TRY(MergeTable merges, MergeTable::create(metadata, vocabulary));
    MOE_TRY(TokenRoles roles, read_token_roles(metadata, vocabulary, {.adds_bos = pretokenizer->adds_bos}));
    std::shared_ptr<ByteBpe> tokenizer(
        new ByteBpe(vocabulary, *pretokenizer, std::move(merges), std::move(roles)));
    MOE_TRY(tokenizer->index_bytes(vocabulary));
    if (known == nullptr) tokenizer->notice_ = notice_of(name);
    return std::shared_ptr<const Tokenizer>(std::move(tokenizer));
}

ByteBpe::ByteBpe(const Vocabulary& vocabulary, const Pretokenizer& pretokenizer, MergeTable merges,
                 TokenRoles roles)
    : VocabularyTokenizer(SpecialTokens(vocabulary), std::move(roles)),
      pretokenizer_(pretokenizer),
      merges_(std::move(merges)) {
    index_tokens(vocabulary);
}

void ByteBpe::index_tokens(const Vocabulary& vocabulary) {
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        const std::string_view text = vocabulary.text(id);
        std::optional<std::string> bytes;
        if (!is_written_plainly(vocabulary.kind(id))) bytes = bytes_from_byte_level(text);
        tokens().push_back(bytes ? std::string_view(*bytes) : text, vocabulary.kind(id));
    }
    if (!pretokenizer_.prefers_whole_words) return;
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        if (!is_written_plainly(vocabulary.kind(id))) whole_words_.try_emplace(bytes(id), id);
    }
}

Result<void> ByteBpe::index_bytes(const Vocabulary& vocabulary) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        std::string letter;
        append_utf8(letter, byte_level_letter(static_cast<unsigned char>(byte)));
        const TokenId id = vocabulary.find(letter);
        // DeepSeek's special token "ö" is the text "ö", not the byte that this letter stands for.
        if (id >= 0 && !is_written_plainly(vocabulary.kind(id))) {
            ids_of_byte_[byte] = {id};
        } else if (needs_token(byte)) {
            return make_error(
                "the metadata 'tokenizer.ggml.tokens' has no token for the byte {:#04x}, so that some texts "
                "could not be encoded; fetch the file again",
                byte);
        }
    }
    std::vector<TokenId> replacement;
    for (const char byte : kReplacement)
        replacement.push_back(ids_of_byte_[static_cast<unsigned char>(byte)][0]);
    for (std::vector<TokenId>& ids : ids_of_byte_) {
        if (ids.empty()) ids = replacement;
    }
    return {};
}

void ByteBpe::append_plain(std::string_view text, std::vector<TokenId>& ids) const {
    if (pretokenizer_.normalizes) return append_words(normalize_nfc(text), ids);
    append_words(text, ids);
}

void ByteBpe::append_words(std::string_view text, std::vector<TokenId>& ids) const {
    WordMerger merger(merges_);
    for (const std::string_view word : split_words(pretokenizer_, text)) append_word(word, merger, ids);
}

void ByteBpe::append_word(std::string_view word, WordMerger& merger, std::vector<TokenId>& ids) const {
    if (pretokenizer_.prefers_whole_words) {
        const auto found = whole_words_.find(word);
        if (found != whole_words_.end()) return ids.push_back(found->second);
    }
    std::vector<TokenId> parts;
    for (const char byte : word) {
        const std::vector<TokenId>& byte_ids = ids_of_byte_[static_cast<unsigned char>(byte)];
        parts.insert(parts.end(), byte_ids.begin(), byte_ids.end());
    }
    merger.merge(parts);
    ids.insert(ids.end(), parts.begin(), parts.end());
}

}  // namespace moe
