#pragma once

#include "engine/jinja/syntax.h"
#include "engine/jinja/token_cursor.h"

namespace moe::jinja {

/// Reads expressions. Trees are at most some hundred levels high, so that nothing that walks them runs out of
/// stack.
class ExpressionParser {
  public:
    explicit ExpressionParser(TokenCursor& cursor) : cursor_(cursor) {}

    enum class Allows { Conditional, NoConditional };
    /// One expression, or with commas a list of them.
    Result<ExpressionPtr> parse_list(Allows allows = Allows::Conditional);
    Result<ExpressionPtr> parse(Allows allows = Allows::Conditional);
    /// "|filter" and "is test" behind an expression, any number of them.
    Result<ExpressionPtr> parse_filters(ExpressionPtr value);
    /// The filters of a block, which stand at what it writes.
    Result<ExpressionPtr> parse_captured_filters();
    Result<ExpressionPtr> parse_filter_block();       ///< the same, without a bar before the first
    Result<std::vector<Argument>> parse_arguments();  ///< from behind "(" to behind ")"

  private:
    Result<ExpressionPtr> parse_or();
    Result<ExpressionPtr> parse_and();
    Result<ExpressionPtr> parse_not();
    Result<ExpressionPtr> parse_compare();
    Result<ExpressionPtr> parse_binary(int level);
    Result<ExpressionPtr> parse_power();
    enum class Filters { Taken, Left };
    Result<ExpressionPtr> parse_unary(Filters filters);
    Result<ExpressionPtr> parse_primary();
    Result<ExpressionPtr> parse_group();
    Result<ExpressionPtr> parse_map();
    Result<ExpressionPtr> parse_postfix(ExpressionPtr value);
    Result<ExpressionPtr> parse_subscript(ExpressionPtr value);
    Result<ExpressionPtr> parse_filter(ExpressionPtr value);
    Result<ExpressionPtr> parse_test(ExpressionPtr value);
    Result<ExpressionPtr> make(Expression expression, std::vector<ExpressionPtr> parts) const;

    TokenCursor& cursor_;
    int depth_ = 0;
};

}  // namespace moe::jinja
