#include "engine/jinja/lexer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/jinja/text.h"

namespace moe::jinja {
namespace {

constexpr std::array<std::string_view, 27> kOperators = {"**", "//", "==", "!=", "<=", ">=", "+", "-", "*",
                                                         "/",  "%",  "~",  "<",  ">",  "=",  "(", ")", "[",
                                                         "]",  "{",  "}",  ",",  ".",  ":",  "|", ";", "!"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) ||
           static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
  public:
    explicit Lexer(std::string_view source) : source_(source) {}

    Result<std::vector<Token>> run() {
        while (at_ < source_.size()) {
            const std::size_t tag = next_tag();
            add_text(tag);
            at_ = std::min(tag, source_.size());
            if (at_ == source_.size()) break;
            const char what = source_[at_ + 1];
            if (what == '%' && tag_end(at_, "raw")) {
                MOE_TRY(read_raw());
            } else {
                MOE_TRY(what == '#' ? skip_comment() : read_tag(what == '{'));
            }
        }
        push(Token::Kind::End, "");
        return std::move(tokens_);
    }

  private:
    /// Where the next "{{", "{%" or "{#" is, or the end.
    std::size_t next_tag() const {
        for (std::size_t at = source_.find('{', at_); at != std::string_view::npos;
             at = source_.find('{', at + 1)) {
            if (at + 1 == source_.size()) break;
            const char next = source_[at + 1];
            if (next == '{' || next == '%' || next == '#') return at;
        }
        return source_.size();
    }

    /// The text up to the tag at `end`, less what the tags on both sides take.
    void add_text(std::size_t end) {
        std::string_view text = source_.substr(at_, end - at_);
        const std::string_view whole = text;
        if (end < source_.size()) {
            const char sign = end + 2 < source_.size() ? source_[end + 2] : ' ';
            if (sign == '-') {
                while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
            } else if (sign != '+' && source_[end + 1] != '{') {
                const std::size_t line_feed = text.rfind('\n');
                const std::size_t line = line_feed == std::string_view::npos ? 0 : line_feed + 1;
                const bool is_blank = std::all_of(text.begin() + static_cast<std::ptrdiff_t>(line),
                                                  text.end(), [](char c) { return is_space(c); });
                if ((line > 0 || begins_line_) && is_blank) text = text.substr(0, line);
            }
        }
        if (!text.empty()) push(Token::Kind::Plain, std::string(text));
        count_lines(whole);
    }

    Result<void> skip_comment() {
        const std::size_t end = source_.find("#}", at_ + 2);
        if (end == std::string_view::npos) return make_error("line {}: a comment does not end", line_);
        count_lines(source_.substr(at_, end - at_));
        const bool has_sign = end > at_ + 2;
        end_tag(end + 2, /*is_output=*/false, has_sign ? source_[end - 1] : ' ');
        return {};
    }

    /// Where the tag at `at` ends, if that is a block of this name and nothing else.
    std::optional<std::size_t> tag_end(std::size_t at, std::string_view name) const {
        const auto rest = [&] { return source_.substr(std::min(at, source_.size())); };
        if (!rest().starts_with("{%")) return std::nullopt;
        at += 2;
        if (rest().starts_with('-') || rest().starts_with('+')) ++at;
        while (at < source_.size() && is_space(source_[at])) ++at;
        if (!rest().starts_with(name)) return std::nullopt;
        at += name.size();
        while (at < source_.size() && is_space(source_[at])) ++at;
        if (rest().starts_with('-') || rest().starts_with('+')) ++at;
        if (!rest().starts_with("%}")) return std::nullopt;
        return at + 2;
    }

    /// Everything up to the block "endraw" is text. The line end behind "raw" stays, unlike that of other
    /// blocks.
    Result<void> read_raw() {
        const std::size_t first = *tag_end(at_, "raw");
        count_lines(source_.substr(at_, first - at_));
        end_tag(first, /*is_output=*/false, source_[first - 3] == '-' ? '-' : '+');
        for (std::size_t end = source_.find("{%", at_); end != std::string_view::npos;
             end = source_.find("{%", end + 1)) {
            const std::optional<std::size_t> last = tag_end(end, "endraw");
            if (!last) continue;
            add_text(end);
            count_lines(source_.substr(end, *last - end));
            end_tag(*last, /*is_output=*/false, source_[*last - 3]);
            return {};
        }
        return make_error("line {}: a raw block does not end", line_);
    }

    Result<void> read_tag(bool is_output) {
        push(is_output ? Token::Kind::OutputBegin : Token::Kind::BlockBegin, "");
        at_ += 2;
        if (at_ < source_.size() && (source_[at_] == '-' || source_[at_] == '+')) ++at_;
        std::size_t depth = 0;  // of brackets
        const std::string_view close = is_output ? "}}" : "%}";
        while (true) {
            skip_space();
            if (at_ >= source_.size()) return make_error("line {}: a tag does not end", line_);
            const std::string_view rest = source_.substr(at_);
            const bool has_sign = rest[0] == '-' || rest[0] == '+';
            if (depth == 0 && rest.substr(has_sign ? 1 : 0).starts_with(close)) {
                push(is_output ? Token::Kind::OutputEnd : Token::Kind::BlockEnd, "");
                end_tag(at_ + close.size() + (has_sign ? 1 : 0), is_output, rest[0]);
                return {};
            }
            MOE_TRY(read_token(depth));
        }
    }

    Result<void> read_token(std::size_t& depth) {
        const char c = source_[at_];
        if (c == '"' || c == '\'') return read_string(c);
        if (is_digit(c)) return read_number();
        if (is_name_char(c)) {
            const std::size_t begin = at_;
            while (at_ < source_.size() && is_name_char(source_[at_])) ++at_;
            push(Token::Kind::Name, std::string(source_.substr(begin, at_ - begin)));
            return {};
        }
        for (const std::string_view sign : kOperators) {
            if (!source_.substr(at_).starts_with(sign)) continue;
            if (sign == "(" || sign == "[" || sign == "{") ++depth;
            if ((sign == ")" || sign == "]" || sign == "}") && depth > 0) --depth;
            push(Token::Kind::Operator, std::string(sign));
            at_ += sign.size();
            return {};
        }
        return make_error("line {}: the character {:#04x} has no meaning", line_,
                          static_cast<unsigned char>(c));
    }

    Result<void> read_string(char quote) {
        std::string text;
        std::size_t at = at_ + 1;
        for (; at < source_.size() && source_[at] != quote; ++at) {
            if (source_[at] != '\\' || at + 1 == source_.size()) {
                text.push_back(source_[at]);
                continue;
            }
            ++at;
            append_escape(at, text);
        }
        if (at >= source_.size()) return make_error("line {}: a string does not end", line_);
        push(Token::Kind::String, std::move(text));
        count_lines(source_.substr(at_, at - at_));
        at_ = at + 1;
        return {};
    }

    /// The escape whose letter is at `at`, which moves to the escape's last character.
    void append_escape(std::size_t& at, std::string& text) const {
        constexpr std::string_view kLetters = "ntrbfav0";
        constexpr std::string_view kMeanings{"\n\t\r\b\f\a\v\0", 8};
        const char letter = source_[at];
        if (const std::size_t index = kLetters.find(letter); index != std::string_view::npos) {
            text.push_back(kMeanings[index]);
        } else if (letter == 'x' || letter == 'u' || letter == 'U') {
            append_code_point(at, letter == 'x' ? 2 : (letter == 'u' ? 4 : 8), text);
        } else if (letter == '\n') {
            return;
        } else if (letter == '\\' || letter == '\'' || letter == '"') {
            text.push_back(letter);
        } else {
            text.push_back('\\');
            text.push_back(letter);
        }
    }

    void append_code_point(std::size_t& at, std::size_t n_digits, std::string& text) const {
        std::uint32_t value = 0;
        std::size_t n_read = 0;
        for (; n_read < n_digits && at + 1 + n_read < source_.size(); ++n_read) {
            const char c = source_[at + 1 + n_read];
            const std::size_t digit = std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
            if (digit == std::string_view::npos) break;
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        at += n_read;
        if (value < 0x80) {
            text.push_back(static_cast<char>(value));
        } else if (value < 0x800) {
            text.push_back(static_cast<char>(0xC0 | value >> 6));
            text.push_back(static_cast<char>(0x80 | (value & 0x3F)));
        } else if (value < 0x10000) {
            text.push_back(static_cast<char>(0xE0 | value >> 12));
            text.push_back(static_cast<char>(0x80 | (value >> 6 & 0x3F)));
            text.push_back(static_cast<char>(0x80 | (value & 0x3F)));
        } else {
            text.push_back(static_cast<char>(0xF0 | (value >> 18 & 0x07)));
            text.push_back(static_cast<char>(0x80 | (value >> 12 & 0x3F)));
            text.push_back(static_cast<char>(0x80 | (value >> 6 & 0x3F)));
            text.push_back(static_cast<char>(0x80 | (value & 0x3F)));
        }
    }

    Result<void> read_number() {
        std::string digits;
        bool is_float = false;
        for (; at_ < source_.size(); ++at_) {
            const char c = source_[at_];
            const bool is_point =
                c == '.' && !is_float && at_ + 1 < source_.size() && is_digit(source_[at_ + 1]);
            if (c == '_') continue;
            if (!is_digit(c) && !is_point) break;
            is_float = is_float || is_point;
            digits.push_back(c);
        }
        if (digits.size() > 18) return make_error("line {}: the number {} is too long", line_, digits);
        push(is_float ? Token::Kind::Float : Token::Kind::Integer, digits);
        return {};
    }

    void skip_space() {
        const std::size_t begin = at_;
        while (at_ < source_.size() && is_space(source_[at_])) ++at_;
        count_lines(source_.substr(begin, at_ - begin));
    }

    /// Goes on behind a tag and takes what it asks for of the white space there.
    void end_tag(std::size_t end, bool is_output, char sign) {
        at_ = end;
        begins_line_ = false;
        if (sign == '-') {
            skip_space();
            begins_line_ = at_ > end && source_[at_ - 1] == '\n';
        } else if (!is_output && sign != '+' && at_ < source_.size() && source_[at_] == '\n') {
            ++at_;
            ++line_;
            begins_line_ = true;
        }
    }

    void count_lines(std::string_view text) {
        line_ += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }

    void push(Token::Kind kind, std::string text) {
        tokens_.push_back({.kind = kind, .text = std::move(text), .line = line_});
    }

    std::string_view source_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    bool begins_line_ = true;  // what comes next is the first on its line
    std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) {
    std::string lines;  // with "\n" at their ends
    lines.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        const bool is_pair = source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n';
        if (!is_pair) lines.push_back(source[i] == '\r' ? '\n' : source[i]);
    }
    if (lines.ends_with('\n')) lines.pop_back();
    return Lexer(lines).run();
}

}  // namespace moe::jinja
