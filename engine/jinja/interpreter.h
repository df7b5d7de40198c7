#pragma once

#include <ctime>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/jinja/syntax.h"

namespace moe::jinja {

/// The variables of a block and those of the blocks around it.
struct Scope {
    Scope* around = nullptr;
    std::vector<std::pair<std::string, Value>> variables;

    void set(std::string_view name, const Value& value);
    /// The variable in this scope or around it, or null.
    const Value* find(std::string_view name) const;
};

/// Runs a template once. Every step is charged to the heap, and calls nest to a fixed depth.
class Interpreter {
  public:
    Interpreter(Heap& heap, std::time_t now) : heap_(heap), now_(now) {}

    Result<Text> run(const Body& body, const Map& variables);

  private:
    enum class Flow { Next, Break, Continue };

    Result<Flow> run_body(const Body& body, Scope& scope, Text& out);
    Result<Flow> run_statement(const Statement& statement, Scope& scope, Text& out);
    Result<Flow> run_if(const Statement& statement, Scope& scope, Text& out);
    Result<Flow> run_for(const Statement& statement, Scope& scope, Text& out);
    Result<Flow> run_loop(const Statement& statement, const Value& over, std::size_t depth, Scope& scope,
                          Text& out);
    Result<Flow> run_with(const Statement& statement, Scope& scope, Text& out);
    Result<void> run_set(const Statement& statement, Scope& scope);
    Result<void> run_output(const Statement& statement, Scope& scope, Text& out);
    Result<void> run_call_block(const Statement& statement, Scope& scope, Text& out);
    Result<Value> capture(const Statement& statement, Scope& scope);
    Result<void> assign(const std::vector<Target>& targets, const Value& value, Scope& scope);
    Result<List> filtered(const Statement& statement, const List& list, Scope& scope);
    Scope& new_scope(Scope* around);

    Result<Value> evaluate(const Expression& expression, Scope& scope);
    Result<Value> evaluate_kind(const Expression& expression, Scope& scope);
    Result<Value> evaluate_name(const Expression& expression, Scope& scope);
    Result<Value> evaluate_list(const Expression& expression, Scope& scope);
    Result<Value> evaluate_map(const Expression& expression, Scope& scope);
    Result<Value> evaluate_item(const Expression& expression, Scope& scope);
    Result<Value> evaluate_slice(const Expression& expression, Scope& scope);
    Result<Value> evaluate_call(const Expression& expression, Scope& scope);
    Result<Value> evaluate_filter(const Expression& expression, Scope& scope);
    Result<Value> evaluate_test(const Expression& expression, Scope& scope);
    Result<Value> evaluate_sign(const Expression& expression, Scope& scope);
    Result<Value> evaluate_binary(const Expression& expression, Scope& scope);
    Result<Value> evaluate_compare(const Expression& expression, Scope& scope);
    Result<Value> evaluate_logic(const Expression& expression, Scope& scope);
    Result<Arguments> evaluate_arguments(const Expression& expression, Scope& scope);
    Result<Value> call(const Callable& callable, const Arguments& arguments);
    Result<Value> call_loop(const Loop& loop, const Arguments& arguments);
    Result<Value> call_macro(const Macro& macro, Scope* around, const Arguments& arguments);

    Heap& heap_;
    std::time_t now_;
    std::deque<Scope> scopes_;
    const Value* captured_ = nullptr;  // what the block wrote whose filters are evaluated
    int depth_ = 0;
};

}  // namespace moe::jinja
