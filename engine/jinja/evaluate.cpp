#include <algorithm>

#include "engine/jinja/interpreter.h"
#include "engine/jinja/library.h"

namespace moe::jinja {
namespace {

using Kind = Expression::Kind;

constexpr std::size_t kStepBytes = 16;  // what a step costs
constexpr int kMaxDepth = 400;          // of expressions, in macros that call macros
constexpr int kCallDepth = 20;          // what a call counts as: statements take stack, too

}  // namespace

Result<Value> Interpreter::evaluate(const Expression& expression, Scope& scope) {
    MOE_TRY(heap_.charge(kStepBytes));
    if (++depth_ > kMaxDepth) return make_error("line {}: calls are nested too deeply", expression.line);
    Result<Value> value = evaluate_kind(expression, scope);
    --depth_;
    return value;
}

Result<Value> Interpreter::evaluate_kind(const Expression& expression, Scope& scope) {
    switch (expression.kind) {
        case Kind::String:
            return Value::string(&expression.text);
        case Kind::Constant:
            return expression.constant;
        case Kind::Captured:
            return captured_ == nullptr ? Value() : *captured_;
        case Kind::Name:
            return evaluate_name(expression, scope);
        case Kind::Sequence:
            return evaluate_list(expression, scope);
        case Kind::Mapping:
            return evaluate_map(expression, scope);
        case Kind::Attribute: {
            MOE_TRY(const Value value, evaluate(*expression.parts[0], scope));
            return attribute(heap_, value, expression.name);
        }
        case Kind::Item:
            return evaluate_item(expression, scope);
        case Kind::Slice:
            return evaluate_slice(expression, scope);
        case Kind::Call:
            return evaluate_call(expression, scope);
        case Kind::Filter:
            return evaluate_filter(expression, scope);
        case Kind::Test:
            return evaluate_test(expression, scope);
        case Kind::Sign:
            return evaluate_sign(expression, scope);
        case Kind::Binary:
            return evaluate_binary(expression, scope);
        case Kind::Compare:
            return evaluate_compare(expression, scope);
        case Kind::Not:
        case Kind::And:
        case Kind::Or:
        case Kind::Conditional:
            return evaluate_logic(expression, scope);
    }
    return Value();
}

Result<Value> Interpreter::evaluate_name(const Expression& expression, Scope& scope) {
    if (const Value* const found = scope.find(expression.name)) return *found;
    if (!is_function(expression.name)) return Value();
    return heap_.callable({.name = expression.name});
}

Result<Value> Interpreter::evaluate_list(const Expression& expression, Scope& scope) {
    List items;
    for (const ExpressionPtr& part : expression.parts) {
        MOE_TRY(const Value item, evaluate(*part, scope));
        items.push_back(item);
    }
    return heap_.list(std::move(items));
}

Result<Value> Interpreter::evaluate_map(const Expression& expression, Scope& scope) {
    Map map;
    for (std::size_t i = 0; i + 1 < expression.parts.size(); i += 2) {
        MOE_TRY(const Value key, evaluate(*expression.parts[i], scope));
        MOE_TRY(const Value value, evaluate(*expression.parts[i + 1], scope));
        if (!key.is_string() && !key.is_number()) return make_error("{} is no key", key.kind_name());
        map.set(key, value);
    }
    return heap_.map(std::move(map));
}

Result<Value> Interpreter::evaluate_item(const Expression& expression, Scope& scope) {
    MOE_TRY(const Value value, evaluate(*expression.parts[0], scope));
    MOE_TRY(const Value index, evaluate(*expression.parts[1], scope));
    return item(heap_, value, index);
}

Result<Value> Interpreter::evaluate_slice(const Expression& expression, Scope& scope) {
    MOE_TRY(const Value value, evaluate(*expression.parts[0], scope));
    Value bounds[3];
    for (std::size_t i = 0; i < 3; ++i) {
        if (!expression.parts[i + 1]) continue;
        MOE_TRY(bounds[i], evaluate(*expression.parts[i + 1], scope));
    }
    return slice(heap_, value, bounds[0], bounds[1], bounds[2]);
}

Result<Arguments> Interpreter::evaluate_arguments(const Expression& expression, Scope& scope) {
    Arguments arguments;
    for (const Argument& argument : expression.arguments) {
        MOE_TRY(const Value value, evaluate(*argument.value, scope));
        if (argument.name.empty()) {
            arguments.positional.push_back(value);
        } else {
            arguments.named.emplace_back(argument.name, value);
        }
    }
    return arguments;
}

Result<Value> Interpreter::evaluate_call(const Expression& expression, Scope& scope) {
    MOE_TRY(const Value callee, evaluate(*expression.parts[0], scope));
    if (callee.is(Value::Kind::Loop)) {
        MOE_TRY(const Arguments arguments, evaluate_arguments(expression, scope));
        return call_loop(callee.loop(), arguments);
    }
    if (!callee.is(Value::Kind::Function)) {
        const std::string& name = expression.parts[0]->name;
        return make_error("'{}', {}, cannot be called", name, callee.kind_name());
    }
    MOE_TRY(const Arguments arguments, evaluate_arguments(expression, scope));
    return call(callee.callable(), arguments);
}

Result<Value> Interpreter::evaluate_filter(const Expression& expression, Scope& scope) {
    MOE_TRY(const Value value, evaluate(*expression.parts[0], scope));
    MOE_TRY(const Arguments arguments, evaluate_arguments(expression, scope));
    return apply_filter(heap_, expression.name, value, arguments);
}

Result<Value> Interpreter::evaluate_test(const Expression& expression, Scope& scope) {
    MOE_TRY(const Value value, evaluate(*expression.parts[0], scope));
    MOE_TRY(const Arguments arguments, evaluate_arguments(expression, scope));
    MOE_TRY(const bool holds, apply_test(heap_, expression.name, value, arguments));
    return Value::boolean(holds);
}

Result<Value> Interpreter::evaluate_sign(const Expression& expression, Scope& scope) {
    MOE_TRY(const Value value, evaluate(*expression.parts[0], scope));
    if (!value.is_number()) return make_error("{} has no sign", value.kind_name());
    if (value.is(Value::Kind::Float))
        return Value::number(expression.name == "-" ? -value.as_number() : value.as_number());
    return binary(heap_, expression.name, Value::integer(0), value);
}

Result<Value> Interpreter::evaluate_binary(const Expression& expression, Scope& scope) {
    MOE_TRY(const Value left, evaluate(*expression.parts[0], scope));
    MOE_TRY(const Value right, evaluate(*expression.parts[1], scope));
    return binary(heap_, expression.name, left, right);
}

Result<Value> Interpreter::evaluate_compare(const Expression& expression, Scope& scope) {
    MOE_TRY(Value left, evaluate(*expression.parts[0], scope));
    for (std::size_t i = 0; i < expression.names.size(); ++i) {
        const std::string& sign = expression.names[i];
        MOE_TRY(const Value right, evaluate(*expression.parts[i + 1], scope));
        if (left.is_string() && right.is_string()) MOE_TRY(heap_.charge(right.text().size()));
        bool holds = false;
        if (sign == "==" || sign == "!=") {
            MOE_TRY(const bool same, are_equal(left, right));
            holds = same == (sign == "==");
        } else if (sign == "in" || sign == "not in") {
            MOE_TRY(const bool is_in, contains(right, left));
            holds = is_in == (sign == "in");
        } else {
            MOE_TRY(const int order, compare(left, right));
            holds = sign == "<" ? order < 0
                                : (sign == ">" ? order > 0 : (sign == "<=" ? order <= 0 : order >= 0));
        }
        if (!holds) return Value::boolean(false);
        left = right;
    }
    return Value::boolean(true);
}

Result<Value> Interpreter::evaluate_logic(const Expression& expression, Scope& scope) {
    const bool is_conditional = expression.kind == Kind::Conditional;
    MOE_TRY(const Value first, evaluate(*expression.parts[is_conditional ? 1 : 0], scope));
    if (is_conditional) {
        const ExpressionPtr& chosen = expression.parts[first.is_true() ? 0 : 2];
        if (!chosen) return Value();
        return evaluate(*chosen, scope);
    }
    if (expression.kind == Kind::Not) return Value::boolean(!first.is_true());
    const bool decides = first.is_true() == (expression.kind == Kind::Or);
    if (decides) return first;
    return evaluate(*expression.parts[1], scope);
}

Result<Value> Interpreter::call(const Callable& callable, const Arguments& arguments) {
    if (callable.macro != nullptr) return call_macro(*callable.macro, callable.scope, arguments);
    if (callable.is_method) return call_method(heap_, callable.name, callable.self, arguments);
    return call_function(heap_, callable.name, arguments, now_);
}

/// A recursive loop runs once more, over what it is called with, and gives what it writes.
Result<Value> Interpreter::call_loop(const Loop& loop, const Arguments& arguments) {
    if (!loop.statement->is_recursive) return make_error("a loop is called that is not marked as recursive");
    if (arguments.positional.size() != 1 || !arguments.named.empty())
        return make_error("a loop is called with {} arguments, it takes one", arguments.positional.size());
    depth_ += kCallDepth;
    if (depth_ > kMaxDepth) return make_error("a loop calls itself too deeply");
    Text out;
    MOE_TRY(run_loop(*loop.statement, arguments.positional[0], loop.depth + 1, *loop.around, out));
    depth_ -= kCallDepth;
    return heap_.text(std::move(out));
}

Result<Value> Interpreter::call_macro(const Macro& macro, Scope* around, const Arguments& arguments) {
    depth_ += kCallDepth;
    if (depth_ > kMaxDepth) return make_error("macro {}: calls are nested too deeply", macro.name);
    MOE_TRY(heap_.charge(256));
    Scope& scope = new_scope(around);
    if (arguments.positional.size() > macro.parameters.size())
        return make_error("macro {}: it has too many arguments", macro.name);
    for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
        const Macro::Parameter& parameter = macro.parameters[i];
        const Value* const given = arguments.find(i, parameter.name);
        Value value;
        if (given != nullptr) {
            value = *given;
        } else if (parameter.preset) {
            MOE_TRY(value, evaluate(*parameter.preset, scope));
        }
        scope.set(parameter.name, value);
    }
    if (const Value* const caller = arguments.find(macro.parameters.size(), "caller"))
        scope.set("caller", *caller);
    Text out;
    MOE_TRY(run_body(macro.body, scope, out));
    depth_ -= kCallDepth;
    return heap_.text(std::move(out));
}

}  // namespace moe::jinja
