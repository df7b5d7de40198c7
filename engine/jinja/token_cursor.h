#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/jinja/lexer.h"

namespace moe::jinja {

/// Walks over the tokens of a template, the last of which is `End`.
class TokenCursor {
  public:
    explicit TokenCursor(std::span<const Token> tokens) : tokens_(tokens) {}

    const Token& peek() const { return tokens_[at_]; }
    const Token& peek_next() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
    const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
    std::size_t line() const { return peek().line; }

    bool is(Token::Kind kind) const { return peek().kind == kind; }
    bool is_operator(std::string_view text) const { return is(Token::Kind::Operator) && peek().text == text; }
    bool is_name(std::string_view text) const { return is(Token::Kind::Name) && peek().text == text; }
    bool take_operator(std::string_view text) { return is_operator(text) && (take(), true); }
    bool take_name(std::string_view text) { return is_name(text) && (take(), true); }

    Error unexpected(std::string_view wanted) const {
        const std::string found = peek().text.empty() ? "the end" : "'" + peek().text.substr(0, 40) + "'";
        return make_error("line {}: {} where {} should be", line(), found, wanted);
    }
    Result<void> expect_operator(std::string_view text) {
        if (!take_operator(text)) return unexpected(text);
        return {};
    }
    Result<void> expect(Token::Kind kind, std::string_view what) {
        if (!is(kind)) return unexpected(what);
        take();
        return {};
    }
    Result<std::string> name() {
        if (!is(Token::Kind::Name)) return unexpected("a name");
        return take().text;
    }

  private:
    std::span<const Token> tokens_;
    std::size_t at_ = 0;
};

}  // namespace moe::jinja
