#include "engine/jinja/expression_parser.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace moe::jinja {
namespace {

using Kind = Expression::Kind;

constexpr std::size_t kMaxHeight = 150;
constexpr int kMaxDepth = 60;

/// The operators that bind alike, from loose to tight.
constexpr std::array<std::array<std::string_view, 4>, 3> kBinaryLevels = {
    {{"+", "-", "", ""}, {"~", "", "", ""}, {"*", "/", "//", "%"}}};

template <typename... Parts>
std::vector<ExpressionPtr> list_of(Parts... parts) {
    std::vector<ExpressionPtr> list;
    (list.push_back(std::move(parts)), ...);
    return list;
}

}  // namespace

Result<ExpressionPtr> ExpressionParser::make(Expression expression, std::vector<ExpressionPtr> parts) const {
    if (expression.line == 0) expression.line = cursor_.line();
    for (const ExpressionPtr& part : parts) {
        if (part) expression.height = std::max(expression.height, part->height + 1);
    }
    for (const Argument& argument : expression.arguments)
        expression.height = std::max(expression.height, argument.value->height + 1);
    if (expression.height > kMaxHeight)
        return make_error("line {}: the expression is too long", expression.line);
    expression.parts = std::move(parts);
    return ExpressionPtr(std::make_unique<const Expression>(std::move(expression)));
}

Result<ExpressionPtr> ExpressionParser::parse_list(Allows allows) {
    MOE_TRY(ExpressionPtr first, parse(allows));
    if (!cursor_.is_operator(",")) return first;
    std::vector<ExpressionPtr> parts = list_of(std::move(first));
    while (cursor_.take_operator(",")) {
        if (cursor_.is(Token::Kind::OutputEnd) || cursor_.is(Token::Kind::BlockEnd)) break;
        MOE_TRY(ExpressionPtr next, parse(allows));
        parts.push_back(std::move(next));
    }
    return make({.kind = Kind::Sequence}, std::move(parts));
}

Result<ExpressionPtr> ExpressionParser::parse(Allows allows) {
    if (++depth_ > kMaxDepth) return make_error("line {}: brackets are nested too deeply", cursor_.line());
    MOE_TRY(ExpressionPtr value, parse_or());
    while (allows == Allows::Conditional && cursor_.take_name("if")) {
        MOE_TRY(ExpressionPtr condition, parse_or());
        ExpressionPtr otherwise;
        if (cursor_.take_name("else")) {
            MOE_TRY(otherwise, parse(Allows::Conditional));
        }
        MOE_TRY(value, make({.kind = Kind::Conditional},
                            list_of(std::move(value), std::move(condition), std::move(otherwise))));
    }
    --depth_;
    return value;
}

Result<ExpressionPtr> ExpressionParser::parse_or() {
    MOE_TRY(ExpressionPtr left, parse_and());
    while (cursor_.take_name("or")) {
        MOE_TRY(ExpressionPtr right, parse_and());
        MOE_TRY(left, make({.kind = Kind::Or}, list_of(std::move(left), std::move(right))));
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::parse_and() {
    MOE_TRY(ExpressionPtr left, parse_not());
    while (cursor_.take_name("and")) {
        MOE_TRY(ExpressionPtr right, parse_not());
        MOE_TRY(left, make({.kind = Kind::And}, list_of(std::move(left), std::move(right))));
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::parse_not() {
    std::size_t n_nots = 0;
    while (cursor_.take_name("not")) ++n_nots;
    MOE_TRY(ExpressionPtr value, parse_compare());
    for (; n_nots > 0; --n_nots) {
        MOE_TRY(value, make({.kind = Kind::Not}, list_of(std::move(value))));
    }
    return value;
}

Result<ExpressionPtr> ExpressionParser::parse_compare() {
    MOE_TRY(ExpressionPtr first, parse_binary(0));
    Expression compare{.kind = Kind::Compare};
    std::vector<ExpressionPtr> parts = list_of(std::move(first));
    while (true) {
        std::string sign;
        for (const std::string_view candidate : {"==", "!=", "<=", ">=", "<", ">"}) {
            if (sign.empty() && cursor_.take_operator(candidate)) sign = candidate;
        }
        if (sign.empty() && cursor_.take_name("in")) sign = "in";
        if (sign.empty() && cursor_.is_name("not") && cursor_.peek_next().text == "in") {
            cursor_.take();
            cursor_.take();
            sign = "not in";
        }
        if (sign.empty()) break;
        compare.names.push_back(sign);
        MOE_TRY(ExpressionPtr next, parse_binary(0));
        parts.push_back(std::move(next));
    }
    if (parts.size() == 1) return std::move(parts[0]);
    return make(std::move(compare), std::move(parts));
}

Result<ExpressionPtr> ExpressionParser::parse_binary(int level) {
    if (level == static_cast<int>(kBinaryLevels.size())) return parse_power();
    MOE_TRY(ExpressionPtr left, parse_binary(level + 1));
    while (true) {
        const auto& signs = kBinaryLevels[static_cast<std::size_t>(level)];
        const bool goes_on = cursor_.is(Token::Kind::Operator) &&
                             std::find(signs.begin(), signs.end(), cursor_.peek().text) != signs.end();
        if (!goes_on) return left;
        Expression binary{.kind = Kind::Binary, .name = cursor_.take().text};
        MOE_TRY(ExpressionPtr right, parse_binary(level + 1));
        MOE_TRY(left, make(std::move(binary), list_of(std::move(left), std::move(right))));
    }
}

Result<ExpressionPtr> ExpressionParser::parse_power() {
    MOE_TRY(ExpressionPtr left, parse_unary(Filters::Taken));
    while (cursor_.take_operator("**")) {
        MOE_TRY(ExpressionPtr right, parse_unary(Filters::Taken));
        MOE_TRY(left, make({.kind = Kind::Binary, .name = "**"}, list_of(std::move(left), std::move(right))));
    }
    return left;
}

Result<ExpressionPtr> ExpressionParser::parse_unary(Filters filters) {
    std::string signs;
    while (cursor_.is_operator("-") || cursor_.is_operator("+")) signs += cursor_.take().text;
    MOE_TRY(ExpressionPtr value, parse_primary());
    MOE_TRY(value, parse_postfix(std::move(value)));
    for (; !signs.empty(); signs.pop_back()) {
        MOE_TRY(value,
                make({.kind = Kind::Sign, .name = std::string(1, signs.back())}, list_of(std::move(value))));
    }
    if (filters == Filters::Left) return value;
    return parse_filters(std::move(value));
}

Result<ExpressionPtr> ExpressionParser::parse_primary() {
    const Token& token = cursor_.peek();
    if (token.kind == Token::Kind::String) {
        std::string bytes;
        while (cursor_.is(Token::Kind::String)) bytes += cursor_.take().text;
        return make({.kind = Kind::String, .text = Text(bytes, Origin::Template)}, {});
    }
    if (token.kind == Token::Kind::Integer) {
        const std::int64_t value = std::strtoll(cursor_.take().text.c_str(), nullptr, 10);
        return make({.kind = Kind::Constant, .constant = Value::integer(value)}, {});
    }
    if (token.kind == Token::Kind::Float) {
        const double value = std::strtod(cursor_.take().text.c_str(), nullptr);
        return make({.kind = Kind::Constant, .constant = Value::number(value)}, {});
    }
    if (token.kind == Token::Kind::Name) {
        const std::string& name = cursor_.take().text;
        if (name == "true" || name == "True") return make({.constant = Value::boolean(true)}, {});
        if (name == "false" || name == "False") return make({.constant = Value::boolean(false)}, {});
        if (name == "none" || name == "None") return make({.constant = Value::none()}, {});
        return make({.kind = Kind::Name, .name = name}, {});
    }
    if (cursor_.take_operator("(")) return parse_group();
    if (cursor_.take_operator("{")) return parse_map();
    if (!cursor_.take_operator("[")) return cursor_.unexpected("a value");
    std::vector<ExpressionPtr> parts;
    while (!cursor_.take_operator("]")) {
        if (!parts.empty()) {
            MOE_TRY(cursor_.expect_operator(","));
            if (cursor_.take_operator("]")) break;
        }
        MOE_TRY(ExpressionPtr part, parse());
        parts.push_back(std::move(part));
    }
    return make({.kind = Kind::Sequence}, std::move(parts));
}

/// What stands in round brackets: an expression, or with a comma a tuple, which is a list to us.
Result<ExpressionPtr> ExpressionParser::parse_group() {
    std::vector<ExpressionPtr> parts;
    bool is_tuple = cursor_.is_operator(")");
    while (!cursor_.take_operator(")")) {
        if (!parts.empty()) {
            MOE_TRY(cursor_.expect_operator(","));
            is_tuple = true;
            if (cursor_.take_operator(")")) break;
        }
        MOE_TRY(ExpressionPtr part, parse());
        parts.push_back(std::move(part));
    }
    if (!is_tuple) return std::move(parts[0]);
    return make({.kind = Kind::Sequence}, std::move(parts));
}

Result<ExpressionPtr> ExpressionParser::parse_map() {
    std::vector<ExpressionPtr> parts;
    while (!cursor_.take_operator("}")) {
        if (!parts.empty()) {
            MOE_TRY(cursor_.expect_operator(","));
            if (cursor_.take_operator("}")) break;
        }
        MOE_TRY(ExpressionPtr key, parse());
        MOE_TRY(cursor_.expect_operator(":"));
        MOE_TRY(ExpressionPtr value, parse());
        parts.push_back(std::move(key));
        parts.push_back(std::move(value));
    }
    return make({.kind = Kind::Mapping}, std::move(parts));
}

Result<ExpressionPtr> ExpressionParser::parse_postfix(ExpressionPtr value) {
    while (true) {
        if (cursor_.take_operator(".")) {
            const bool is_index = cursor_.is(Token::Kind::Integer);
            if (!is_index && !cursor_.is(Token::Kind::Name)) return cursor_.unexpected("a name");
            if (is_index) {
                MOE_TRY(ExpressionPtr index, parse_primary());
                MOE_TRY(value, make({.kind = Kind::Item}, list_of(std::move(value), std::move(index))));
            } else {
                MOE_TRY(value, make({.kind = Kind::Attribute, .name = cursor_.take().text},
                                    list_of(std::move(value))));
            }
        } else if (cursor_.take_operator("[")) {
            MOE_TRY(value, parse_subscript(std::move(value)));
        } else if (cursor_.take_operator("(")) {
            Expression call{.kind = Kind::Call};
            MOE_TRY(call.arguments, parse_arguments());
            MOE_TRY(value, make(std::move(call), list_of(std::move(value))));
        } else {
            return value;
        }
    }
}

Result<ExpressionPtr> ExpressionParser::parse_subscript(ExpressionPtr value) {
    std::vector<ExpressionPtr> parts = list_of(std::move(value));
    bool is_slice = false;
    while (parts.size() <= 4) {
        ExpressionPtr part;
        if (!cursor_.is_operator(":") && !cursor_.is_operator("]")) {
            MOE_TRY(part, parse());
        }
        parts.push_back(std::move(part));
        if (!cursor_.take_operator(":")) break;
        is_slice = true;
    }
    MOE_TRY(cursor_.expect_operator("]"));
    if (!is_slice && !parts[1]) return cursor_.unexpected("an index");
    if (is_slice) parts.resize(4);
    return make({.kind = is_slice ? Kind::Slice : Kind::Item}, std::move(parts));
}

Result<std::vector<Argument>> ExpressionParser::parse_arguments() {
    std::vector<Argument> arguments;
    while (!cursor_.take_operator(")")) {
        if (!arguments.empty()) {
            MOE_TRY(cursor_.expect_operator(","));
            if (cursor_.take_operator(")")) break;
        }
        Argument argument;
        if (cursor_.is(Token::Kind::Name) && cursor_.peek_next().kind == Token::Kind::Operator &&
            cursor_.peek_next().text == "=") {
            argument.name = cursor_.take().text;
            cursor_.take();
        }
        MOE_TRY(argument.value, parse());
        arguments.push_back(std::move(argument));
    }
    return arguments;
}

Result<ExpressionPtr> ExpressionParser::parse_filters(ExpressionPtr value) {
    while (true) {
        if (cursor_.take_operator("|")) {
            MOE_TRY(value, parse_filter(std::move(value)));
        } else if (cursor_.take_name("is")) {
            MOE_TRY(value, parse_test(std::move(value)));
        } else if (cursor_.take_operator("(")) {
            Expression call{.kind = Kind::Call};
            MOE_TRY(call.arguments, parse_arguments());
            MOE_TRY(value, make(std::move(call), list_of(std::move(value))));
        } else {
            return value;
        }
    }
}

Result<ExpressionPtr> ExpressionParser::parse_filter(ExpressionPtr value) {
    Expression filter{.kind = Kind::Filter};
    MOE_TRY(filter.name, cursor_.name());
    if (cursor_.take_operator("(")) {
        MOE_TRY(filter.arguments, parse_arguments());
    }
    return make(std::move(filter), list_of(std::move(value)));
}

Result<ExpressionPtr> ExpressionParser::parse_test(ExpressionPtr value) {
    const bool is_negated = cursor_.take_name("not");
    Expression test{.kind = Kind::Test};
    MOE_TRY(test.name, cursor_.name());
    const Token& next = cursor_.peek();
    const bool is_word = next.kind == Token::Kind::Name && next.text != "else" && next.text != "or" &&
                         next.text != "and" && next.text != "is" && next.text != "if" && next.text != "in" &&
                         next.text != "not" && next.text != "recursive";
    const bool is_value = next.kind == Token::Kind::String || next.kind == Token::Kind::Integer ||
                          next.kind == Token::Kind::Float || cursor_.is_operator("[") ||
                          cursor_.is_operator("{");
    if (cursor_.take_operator("(")) {
        MOE_TRY(test.arguments, parse_arguments());
    } else if (is_word || is_value) {
        Argument argument;
        MOE_TRY(argument.value, parse_unary(Filters::Left));
        test.arguments.push_back(std::move(argument));
    }
    MOE_TRY(value, make(std::move(test), list_of(std::move(value))));
    if (!is_negated) return value;
    return make({.kind = Kind::Not}, list_of(std::move(value)));
}

Result<ExpressionPtr> ExpressionParser::parse_captured_filters() {
    MOE_TRY(ExpressionPtr captured, make({.kind = Kind::Captured}, {}));
    return parse_filters(std::move(captured));
}

Result<ExpressionPtr> ExpressionParser::parse_filter_block() {
    MOE_TRY(ExpressionPtr captured, make({.kind = Kind::Captured}, {}));
    MOE_TRY(ExpressionPtr first, parse_filter(std::move(captured)));
    return parse_filters(std::move(first));
}

}  // namespace moe::jinja
