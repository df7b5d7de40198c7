#include "engine/tokenizer/token_bytes.h"

namespace moe {

void TokenBytes::push_back(std::string_view bytes, TokenKind kind) {
    kinds_.push_back(kind);
    all_bytes_ += bytes;
    bytes_begin_.push_back(all_bytes_.size());
}

std::string_view TokenBytes::bytes(TokenId id) const {
    if (!contains(id)) return {};
    const auto index = static_cast<std::size_t>(id);
    return std::string_view(all_bytes_)
        .substr(bytes_begin_[index], bytes_begin_[index + 1] - bytes_begin_[index]);
}

bool TokenBytes::is_special(TokenId id) const {
    if (!contains(id)) return false;
    const TokenKind kind = kinds_[static_cast<std::size_t>(id)];
    return kind == TokenKind::Control || kind == TokenKind::UserDefined;
}

}  // namespace moe
