#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/jinja/text.h"
#include "engine/jinja/value.h"

namespace moe::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

/// An argument of a call; without a name it goes by its position.
struct Argument {
    std::string name;
    ExpressionPtr value;
};

struct Expression {
    enum class Kind : std::uint8_t {
        String,       ///< `text`
        Constant,     ///< `constant`
        Name,         ///< `name`
        Sequence,     ///< `parts`
        Mapping,      ///< `parts`, keys and values in turn
        Attribute,    ///< parts[0].name
        Item,         ///< parts[0][parts[1]]
        Slice,        ///< parts[0][parts[1]:parts[2]:parts[3]], each of which may be null
        Call,         ///< parts[0](arguments)
        Filter,       ///< parts[0]|name(arguments)
        Test,         ///< parts[0] is name(arguments)
        Not,          ///< not parts[0]
        Sign,         ///< parts[0] with the sign `name`
        Binary,       ///< parts[0] name parts[1]
        Compare,      ///< parts[0] names[0] parts[1] names[1] parts[2] …
        And,          ///< parts[0] and parts[1]
        Or,           ///< parts[0] or parts[1]
        Conditional,  ///< parts[0] if parts[1] else parts[2], which may be null
        Captured      ///< what the block wrote that a filter stands at
    };
    Kind kind = Kind::Constant;
    std::size_t line = 0;
    std::size_t height = 1;  ///< of the tree below
    std::string name = {};
    Text text = {};
    Value constant = {};
    std::vector<std::string> names = {};
    std::vector<ExpressionPtr> parts = {};
    std::vector<Argument> arguments = {};
};

struct Statement;
using Body = std::vector<Statement>;

/// What is assigned to: a variable, or a member of a namespace.
struct Target {
    std::string name;
    std::string member = {};
};

struct Macro {
    struct Parameter {
        std::string name;
        ExpressionPtr preset;  ///< may be null
    };
    std::string name;
    std::vector<Parameter> parameters;
    Body body;
};

struct Statement {
    enum class Kind : std::uint8_t {
        Plain,        ///< `text`
        Output,       ///< {{ value }}
        If,           ///< the first of `branches` whose condition holds
        For,          ///< for targets in value if condition: body, else otherwise; maybe recursive
        Set,          ///< set targets = value; with `captures`, of what the body writes
        Definition,   ///< `macro`
        CallBlock,    ///< call value, with `macro` as caller
        FilterBlock,  ///< value of what the body writes
        With,         ///< presets, then the body
        Break,
        Continue
    };
    struct Branch {
        ExpressionPtr condition;  ///< null: else
        Body body;
    };
    Kind kind = Kind::Plain;
    std::size_t line = 0;
    bool captures = false;
    bool is_recursive = false;  ///< `loop` can be called, with what to run over
    Text text = {};
    ExpressionPtr value = {};
    ExpressionPtr condition = {};
    std::vector<Target> targets = {};
    std::vector<Branch> branches = {};
    std::vector<Argument> presets = {};
    Body body = {};
    Body otherwise = {};
    std::unique_ptr<Macro> macro = {};
};

}  // namespace moe::jinja
