#include "engine/tokenizer/sentencepiece_text.h"

#include <fmt/format.h>

#include <cstddef>

namespace moe {
namespace {

constexpr std::size_t kByteTokenSize = 6;  // "<0x0A>"

/// The value of an upper-case hexadecimal digit, or -1.
int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

std::optional<char> byte_of_token(std::string_view text) {
    if (text.size() != kByteTokenSize || !text.starts_with("<0x") || text.back() != '>') return std::nullopt;
    const int high = hex_value(text[3]);
    const int low = hex_value(text[4]);
    if (high < 0 || low < 0) return std::nullopt;
    return static_cast<char>(high * 16 + low);
}

}  // namespace

std::string mark_spaces(std::string_view text) {
    std::string marked;
    marked.reserve(text.size() + text.size() / 2);
    for (const char byte : text) {
        if (byte == ' ') {
            marked += kSpaceMark;
        } else {
            marked.push_back(byte);
        }
    }
    return marked;
}

std::string bytes_of_piece(std::string_view text, TokenKind kind) {
    if (kind == TokenKind::Control || kind == TokenKind::Unknown) return std::string(text);
    if (kind == TokenKind::Byte) {
        const std::optional<char> byte = byte_of_token(text);
        if (byte) return std::string(1, *byte);
    }
    std::string bytes;
    while (!text.empty()) {
        const std::size_t mark = text.find(kSpaceMark);
        bytes += text.substr(0, mark);
        if (mark == std::string_view::npos) break;
        bytes.push_back(' ');
        text.remove_prefix(mark + kSpaceMark.size());
    }
    return bytes;
}

Result<ByteIds> find_byte_tokens(const Vocabulary& vocabulary, std::optional<TokenId> unknown) {
    ByteIds ids{};
    for (unsigned byte = 0; byte < ids.size(); ++byte) {
        const TokenId id = vocabulary.find(fmt::format("<0x{:02X}>", byte));
        if (id < 0 && !unknown) {
            return make_error(
                "the metadata 'tokenizer.ggml.tokens' has no token for the byte {:#04x} and none for the "
                "unknown, so that some texts could not be encoded; fetch the file again",
                byte);
        }
        ids[byte] = id < 0 ? *unknown : id;
    }
    return ids;
}

void append_bytes(std::string_view symbol, const ByteIds& id_of_byte, std::vector<TokenId>& ids) {
    const std::string_view bytes = symbol == kSpaceMark ? std::string_view(" ") : symbol;
    for (const char byte : bytes) ids.push_back(id_of_byte[static_cast<unsigned char>(byte)]);
}

Result<std::optional<TokenId>> read_unknown_token(const GgufMetadata& metadata, std::size_t n_vocab) {
    constexpr std::string_view kKey = "tokenizer.ggml.unknown_token_id";
    if (!metadata.contains(kKey)) return std::optional<TokenId>();
    MOE_TRY(const std::size_t id, metadata.size(kKey, 0, n_vocab - 1));
    return std::optional<TokenId>(static_cast<TokenId>(id));
}

}  // namespace moe
