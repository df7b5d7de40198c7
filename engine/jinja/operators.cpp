#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/jinja/library.h"

namespace moe::jinja {
namespace {

using Kind = Value::Kind;

Error no_sense(std::string_view sign, const Value& left, const Value& right) {
    return make_error("{} {} {} has no meaning", left.kind_name(), sign, right.kind_name());
}

Result<Value> repeat(Heap& heap, const Value& value, std::int64_t n_times) {
    const auto n = static_cast<std::size_t>(std::max<std::int64_t>(n_times, 0));
    const std::size_t size = value.is_string() ? value.text().size() : value.items().size() * sizeof(Value);
    if (size > 0 && n > std::numeric_limits<std::size_t>::max() / size) return heap.charge(n).error();
    MOE_TRY(heap.charge(n * size));
    if (value.is_string()) {
        Text text;
        for (std::size_t i = 0; i < n && !value.text().empty(); ++i) text.append(value.text());
        return heap.text(std::move(text));
    }
    List items;
    for (std::size_t i = 0; i < n && !value.items().empty(); ++i)
        items.insert(items.end(), value.items().begin(), value.items().end());
    return heap.list(std::move(items));
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    const std::int64_t quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Result<Value> binary_of_integers(std::string_view sign, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    bool overflows = false;
    if (sign == "+") overflows = __builtin_add_overflow(a, b, &result);
    if (sign == "-") overflows = __builtin_sub_overflow(a, b, &result);
    if (sign == "*") overflows = __builtin_mul_overflow(a, b, &result);
    if (sign == "/" || sign == "//" || sign == "%") {
        if (b == 0) return make_error("division by zero");
        if (b == -1) {
            overflows = sign == "%" ? false : __builtin_sub_overflow(std::int64_t{0}, a, &result);
        } else {
            result = sign == "%" ? a - floor_divide(a, b) * b : floor_divide(a, b);
        }
        if (sign == "/") return Value::number(static_cast<double>(a) / static_cast<double>(b));
    }
    if (sign == "**") {
        if (b < 0) return Value::number(std::pow(static_cast<double>(a), static_cast<double>(b)));
        if (b > 64 && (a > 1 || a < -1)) return make_error("the number is too large");
        result = 1;
        for (std::int64_t i = 0; i < std::min<std::int64_t>(b, 65 + b % 2); ++i)
            overflows = __builtin_mul_overflow(result, a, &result) || overflows;
    }
    if (overflows) return make_error("the number is too large");
    return Value::integer(result);
}

Result<Value> binary_of_numbers(std::string_view sign, double a, double b) {
    if (sign == "+") return Value::number(a + b);
    if (sign == "-") return Value::number(a - b);
    if (sign == "*") return Value::number(a * b);
    if (sign == "**") return Value::number(std::pow(a, b));
    if (b == 0.0) return make_error("division by zero");
    if (sign == "/") return Value::number(a / b);
    const double quotient = std::floor(a / b);
    return Value::number(sign == "//" ? quotient : a - quotient * b);
}

/// Python's bounds of a slice.
struct Bounds {
    std::int64_t first;
    std::int64_t last;
    std::int64_t step;
};

Result<Bounds> bounds_of(std::int64_t size, const Value& first, const Value& last, const Value& step) {
    const auto is_given = [](const Value& value) {
        return !value.is(Kind::Undefined) && !value.is(Kind::None);
    };
    for (const Value& value : {first, last, step}) {
        if (is_given(value) && !value.is(Kind::Integer))
            return make_error("an index is {}", value.kind_name());
    }
    const std::int64_t by = is_given(step) ? step.as_integer() : 1;
    if (by == 0) return make_error("the step of a slice is zero");
    const std::int64_t low = by > 0 ? 0 : -1;
    const std::int64_t high = by > 0 ? size : size - 1;
    const auto clamped = [&](const Value& value, std::int64_t preset) {
        if (!is_given(value)) return preset;
        const std::int64_t at = value.as_integer();
        return std::clamp(at < 0 ? std::max(at, -size - 1) + size : at, low, high);
    };
    return Bounds{clamped(first, by > 0 ? low : high), clamped(last, by > 0 ? high : low), by};
}

}  // namespace

Result<Value> binary(Heap& heap, std::string_view sign, const Value& left, const Value& right) {
    if (sign == "~") {
        MOE_TRY(Text text, to_text(left));
        MOE_TRY(const Text more, to_text(right));
        text.append(more);
        return heap.text(std::move(text));
    }
    if (left.is_number() && right.is_number()) {
        const bool is_float = left.is(Kind::Float) || right.is(Kind::Float);
        if (is_float) return binary_of_numbers(sign, left.as_number(), right.as_number());
        return binary_of_integers(sign, left.as_integer(), right.as_integer());
    }
    const auto is_sequence = [](const Value& value) { return value.is_string() || value.is(Kind::Sequence); };
    if (sign == "*" && is_sequence(left) && right.is(Kind::Integer))
        return repeat(heap, left, right.as_integer());
    if (sign == "*" && is_sequence(right) && left.is(Kind::Integer))
        return repeat(heap, right, left.as_integer());
    if (sign == "%" && left.is_string()) {
        Arguments arguments;
        if (right.is(Kind::Sequence))
            arguments.positional = right.items();
        else
            arguments.positional.push_back(right);
        return apply_filter(heap, "format", left, arguments);
    }
    if (sign != "+" || !is_sequence(left) || left.kind() != right.kind()) return no_sense(sign, left, right);
    if (left.is_string()) {
        MOE_TRY(heap.charge(left.text().size() + right.text().size()));
        Text text = left.text();
        text.append(right.text());
        return heap.text(std::move(text));
    }
    List items = left.items();
    items.insert(items.end(), right.items().begin(), right.items().end());
    return heap.list(std::move(items));
}

Result<Value> attribute(Heap& heap, const Value& value, std::string_view name) {
    if (value.is(Kind::Undefined)) return make_error("'{}' is asked of something undefined", name);
    if (value.is(Kind::Namespace)) {
        const Value* const found = value.map().find(name);
        return found == nullptr ? Value() : *found;
    }
    if (value.is(Kind::Loop)) return loop_member(heap, value, name);
    if (has_method(value, name))
        return heap.callable({.name = std::string(name), .self = value, .is_method = true});
    if (!value.is(Kind::Mapping)) return Value();
    const Value* const found = value.map().find(name);
    return found == nullptr ? Value() : *found;
}

Result<Value> item(Heap& heap, const Value& value, const Value& index) {
    if (value.is(Kind::Mapping)) {
        const Value* const found = value.map().find(index);
        if (found != nullptr) return *found;
        return index.is_string() ? attribute(heap, value, index.bytes()) : Value();
    }
    if (index.is_string()) return attribute(heap, value, index.bytes());
    if (value.is(Kind::Undefined)) return make_error("an element is asked of something undefined");
    if (!index.is(Kind::Integer)) return Value();
    if (value.is(Kind::Sequence)) {
        const auto size = static_cast<std::int64_t>(value.items().size());
        const std::int64_t at = index.as_integer() < 0 ? index.as_integer() + size : index.as_integer();
        return at < 0 || at >= size ? Value() : value.items()[static_cast<std::size_t>(at)];
    }
    if (!value.is_string()) return Value();
    MOE_TRY(heap.charge(value.text().size()));
    const std::vector<std::size_t> offsets = code_point_offsets(value.bytes());
    const auto size = static_cast<std::int64_t>(offsets.size()) - 1;
    const std::int64_t at = index.as_integer() < 0 ? index.as_integer() + size : index.as_integer();
    if (at < 0 || at >= size) return Value();
    const auto from = static_cast<std::size_t>(at);
    return heap.text(value.text().substr(offsets[from], offsets[from + 1] - offsets[from]));
}

Result<Value> slice(Heap& heap, const Value& value, const Value& first, const Value& last,
                    const Value& step) {
    if (!value.is_string() && !value.is(Kind::Sequence))
        return make_error("{} has no slices", value.kind_name());
    std::vector<std::size_t> offsets;
    if (value.is_string()) offsets = code_point_offsets(value.bytes());
    const std::size_t size = value.is_string() ? offsets.size() - 1 : value.items().size();
    MOE_TRY(heap.charge(size));
    MOE_TRY(const Bounds bounds, bounds_of(static_cast<std::int64_t>(size), first, last, step));
    Text text;
    List items;
    const bool is_up = bounds.step > 0;
    for (std::int64_t at = bounds.first; is_up ? at < bounds.last : at > bounds.last;) {
        const auto from = static_cast<std::size_t>(at);
        if (value.is_string()) {
            text.append(value.text(), offsets[from], offsets[from + 1] - offsets[from]);
        } else {
            items.push_back(value.items()[from]);
        }
        if (__builtin_add_overflow(at, bounds.step, &at)) break;
    }
    return value.is_string() ? heap.text(std::move(text)) : heap.list(std::move(items));
}

Result<List> elements(Heap& heap, const Value& value) {
    List list;
    if (value.is(Kind::Sequence)) {
        MOE_TRY(heap.charge(value.items().size() * sizeof(Value)));
        return value.items();
    }
    if (value.is(Kind::Mapping)) {
        for (const auto& [key, entry] : value.map().entries) list.push_back(key);
        return list;
    }
    if (value.is_string()) {
        const std::vector<std::size_t> offsets = code_point_offsets(value.bytes());
        for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
            MOE_TRY(const Value letter,
                    heap.text(value.text().substr(offsets[i], offsets[i + 1] - offsets[i])));
            list.push_back(letter);
        }
        return list;
    }
    if (value.is(Kind::Undefined)) return list;
    return make_error("{} has no elements", value.kind_name());
}

}  // namespace moe::jinja
