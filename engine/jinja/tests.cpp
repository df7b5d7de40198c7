#include "engine/jinja/library.h"

namespace moe::jinja {
namespace {

using Kind = Value::Kind;

Result<bool> compares(Heap& heap, std::string_view name, const Value& value, const Value& other) {
    if (name == "eq" || name == "equalto" || name == "==") return are_equal(value, other);
    if (name == "in") return contains(other, value);
    if (name == "sameas") {
        if (value.kind() != other.kind()) return false;
        return are_equal(value, other);
    }
    if (name == "ne" || name == "!=") {
        MOE_TRY(const bool same, are_equal(value, other));
        return !same;
    }
    if (name == "divisibleby") {
        MOE_TRY(const Value rest, binary(heap, "%", value, other));
        return !rest.is_true();
    }
    MOE_TRY(const int order, compare(value, other));
    if (name == "lt" || name == "lessthan" || name == "<") return order < 0;
    if (name == "le" || name == "<=") return order <= 0;
    if (name == "gt" || name == "greaterthan" || name == ">") return order > 0;
    if (name == "ge" || name == ">=") return order >= 0;
    return make_error("the test '{}' is not there yet", name);
}

}  // namespace

Result<bool> apply_test(Heap& heap, std::string_view name, const Value& value, const Arguments& arguments) {
    MOE_TRY(heap.charge(16));
    if (name == "defined") return !value.is(Kind::Undefined);
    if (name == "undefined") return value.is(Kind::Undefined);
    if (name == "none") return value.is(Kind::None);
    if (name == "string") return value.is_string();
    if (name == "boolean") return value.is(Kind::Boolean);
    if (name == "integer") return value.is(Kind::Integer);
    if (name == "float") return value.is(Kind::Float);
    if (name == "number") return value.is_number();
    if (name == "mapping") return value.is(Kind::Mapping);
    if (name == "callable") return value.is(Kind::Function) || value.is(Kind::Loop);
    if (name == "true") return value.is(Kind::Boolean) && value.is_true();
    if (name == "false") return value.is(Kind::Boolean) && !value.is_true();
    // The library calls mappings and strings sequences, too.
    if (name == "sequence" || name == "iterable")
        return value.is_string() || value.is(Kind::Sequence) || value.is(Kind::Mapping) ||
               (value.is(Kind::Undefined));
    if (name == "odd" || name == "even") {
        if (!value.is_number() || value.is(Kind::Float))
            return make_error("{} is no integer", value.kind_name());
        return (value.as_integer() % 2 != 0) == (name == "odd");
    }
    if (name == "lower" || name == "upper") {
        if (!value.is_string()) return false;
        const LetterCase wanted = name == "lower" ? LetterCase::Lower : LetterCase::Upper;
        return in_case(value.bytes(), wanted) == value.bytes();
    }
    const Value* const other = arguments.find(0, "other");
    if (other == nullptr) return make_error("the test '{}' is not there yet, or lacks an argument", name);
    return compares(heap, name, value, *other);
}

}  // namespace moe::jinja
