// Statements: what they write and where control goes. Expressions are in evaluate.cpp.

#include "engine/jinja/interpreter.h"

#include "engine/jinja/library.h"
#include "engine/jinja/parser.h"
#include "engine/jinja/template.h"

namespace moe::jinja {
namespace {

constexpr std::size_t kStepBytes = 16;  // what a step costs
constexpr std::size_t kScopeBytes = 256;

Error at_line(const Error& error, std::size_t line) {
    if (error.message.starts_with("line ")) return error;
    return make_error("line {}: {}", line, error.message);
}

}  // namespace

struct Template::Program {
    Body body;
};

Result<Template> Template::parse(std::string_view source) {
    MOE_TRY(Body body, parse_template(source));
    return Template(std::make_shared<const Program>(Program{std::move(body)}));
}

Result<Text> Template::render(Heap& heap, const Map& variables, std::time_t now) const {
    return Interpreter(heap, now).run(program_->body, variables);
}

void Scope::set(std::string_view name, const Value& value) {
    for (auto& [known, old] : variables) {
        if (known != name) continue;
        old = value;
        return;
    }
    variables.emplace_back(std::string(name), value);
}

const Value* Scope::find(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->around) {
        for (const auto& [known, value] : scope->variables) {
            if (known == name) return &value;
        }
    }
    return nullptr;
}

Scope& Interpreter::new_scope(Scope* around) {
    scopes_.push_back({.around = around, .variables = {}});
    return scopes_.back();
}

Result<Text> Interpreter::run(const Body& body, const Map& variables) {
    Scope& scope = new_scope(nullptr);
    for (const auto& [name, value] : variables.entries) scope.set(name.bytes(), value);
    Text out;
    MOE_TRY(run_body(body, scope, out));
    return out;
}

Result<Interpreter::Flow> Interpreter::run_body(const Body& body, Scope& scope, Text& out) {
    for (const Statement& statement : body) {
        MOE_TRY(heap_.charge(kStepBytes));
        const Result<Flow> flow = run_statement(statement, scope, out);
        if (!flow) return at_line(flow.error(), statement.line);
        if (*flow != Flow::Next) return *flow;
    }
    return Flow::Next;
}

Result<Interpreter::Flow> Interpreter::run_statement(const Statement& statement, Scope& scope, Text& out) {
    using Kind = Statement::Kind;
    switch (statement.kind) {
        case Kind::If:
            return run_if(statement, scope, out);
        case Kind::For:
            return run_for(statement, scope, out);
        case Kind::With:
            return run_with(statement, scope, out);
        case Kind::Break:
            return Flow::Break;
        case Kind::Continue:
            return Flow::Continue;
        case Kind::Plain:
            MOE_TRY(heap_.charge(statement.text.size()));
            out.append(statement.text);
            break;
        case Kind::Output:
            MOE_TRY(run_output(statement, scope, out));
            break;
        case Kind::Set:
            MOE_TRY(run_set(statement, scope));
            break;
        case Kind::CallBlock:
            MOE_TRY(run_call_block(statement, scope, out));
            break;
        case Kind::Definition: {
            MOE_TRY(const Value macro, heap_.callable({.macro = statement.macro.get(), .scope = &scope}));
            scope.set(statement.macro->name, macro);
            break;
        }
        case Kind::FilterBlock: {
            MOE_TRY(const Value value, capture(statement, scope));
            MOE_TRY(const Text text, to_text(value));
            out.append(text);
            break;
        }
    }
    return Flow::Next;
}

Result<void> Interpreter::run_output(const Statement& statement, Scope& scope, Text& out) {
    MOE_TRY(const Value value, evaluate(*statement.value, scope));
    MOE_TRY(const Text text, to_text(value));
    MOE_TRY(heap_.charge(text.size()));
    out.append(text);
    return {};
}

Result<Interpreter::Flow> Interpreter::run_if(const Statement& statement, Scope& scope, Text& out) {
    for (const Statement::Branch& branch : statement.branches) {
        if (branch.condition) {
            MOE_TRY(const Value condition, evaluate(*branch.condition, scope));
            if (!condition.is_true()) continue;
        }
        return run_body(branch.body, scope, out);
    }
    return Flow::Next;
}

Result<List> Interpreter::filtered(const Statement& statement, const List& list, Scope& scope) {
    if (!statement.condition) return list;
    List kept;
    for (const Value& element : list) {
        scope.variables.clear();
        MOE_TRY(assign(statement.targets, element, scope));
        MOE_TRY(const Value holds, evaluate(*statement.condition, scope));
        if (holds.is_true()) kept.push_back(element);
    }
    return kept;
}

Result<Interpreter::Flow> Interpreter::run_for(const Statement& statement, Scope& scope, Text& out) {
    MOE_TRY(const Value over, evaluate(*statement.value, scope));
    return run_loop(statement, over, /*depth=*/1, scope, out);
}

Result<Interpreter::Flow> Interpreter::run_loop(const Statement& statement, const Value& over,
                                                std::size_t depth, Scope& scope, Text& out) {
    MOE_TRY(const List all, elements(heap_, over));
    MOE_TRY(heap_.charge(kScopeBytes));
    Scope& inner = new_scope(&scope);
    MOE_TRY(List kept, filtered(statement, all, inner));
    if (kept.empty()) return run_body(statement.otherwise, scope, out);

    MOE_TRY(const Value list, heap_.list(std::move(kept)));
    MOE_TRY(const Value loop,
            heap_.loop({.statement = &statement, .around = &scope, .items = &list.items(), .depth = depth}));
    for (std::size_t i = 0; i < list.items().size(); ++i) {
        MOE_TRY(heap_.charge(kStepBytes));
        loop.loop().index = i;
        inner.variables.clear();
        inner.set("loop", loop);
        MOE_TRY(assign(statement.targets, list.items()[i], inner));
        MOE_TRY(const Flow flow, run_body(statement.body, inner, out));
        if (flow == Flow::Break) break;
    }
    return Flow::Next;
}

Result<Interpreter::Flow> Interpreter::run_with(const Statement& statement, Scope& scope, Text& out) {
    MOE_TRY(heap_.charge(kScopeBytes));
    Scope& inner = new_scope(&scope);
    for (const Argument& preset : statement.presets) {
        MOE_TRY(const Value value, evaluate(*preset.value, scope));
        inner.set(preset.name, value);
    }
    return run_body(statement.body, inner, out);
}

Result<Value> Interpreter::capture(const Statement& statement, Scope& scope) {
    MOE_TRY(heap_.charge(kScopeBytes));
    Text written;
    MOE_TRY(run_body(statement.body, new_scope(&scope), written));
    MOE_TRY(const Value text, heap_.text(std::move(written)));
    const Value* const outer = std::exchange(captured_, &text);
    const Result<Value> value = evaluate(*statement.value, scope);
    captured_ = outer;
    return value;
}

Result<void> Interpreter::run_set(const Statement& statement, Scope& scope) {
    Value value;
    if (statement.captures) {
        MOE_TRY(value, capture(statement, scope));
    } else {
        MOE_TRY(value, evaluate(*statement.value, scope));
    }
    return assign(statement.targets, value, scope);
}

Result<void> Interpreter::assign(const std::vector<Target>& targets, const Value& value, Scope& scope) {
    List parts{value};
    if (targets.size() > 1) {
        MOE_TRY(parts, elements(heap_, value));
        if (parts.size() != targets.size())
            return make_error("{} values for {} names", parts.size(), targets.size());
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const Target& target = targets[i];
        if (target.member.empty()) {
            scope.set(target.name, parts[i]);
            continue;
        }
        const Value* const space = scope.find(target.name);
        if (space == nullptr || !space->is(Value::Kind::Namespace))
            return make_error("'{}' is no namespace", target.name);
        MOE_TRY(const Value key, heap_.text(target.member));
        space->map().set(key, parts[i]);
    }
    return {};
}

Result<void> Interpreter::run_call_block(const Statement& statement, Scope& scope, Text& out) {
    MOE_TRY(const Value callee, evaluate(*statement.value->parts[0], scope));
    if (!callee.is(Value::Kind::Function)) return make_error("{} cannot be called", callee.kind_name());
    MOE_TRY(Arguments arguments, evaluate_arguments(*statement.value, scope));
    MOE_TRY(const Value caller, heap_.callable({.macro = statement.macro.get(), .scope = &scope}));
    arguments.named.emplace_back("caller", caller);
    MOE_TRY(const Value value, call(callee.callable(), arguments));
    MOE_TRY(const Text text, to_text(value));
    MOE_TRY(heap_.charge(text.size()));
    out.append(text);
    return {};
}

}  // namespace moe::jinja
