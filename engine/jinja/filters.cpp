#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <unordered_map>

#include "engine/jinja/filters.h"

namespace moe::jinja {
namespace {

using Kind = Value::Kind;
Result<Value> to_string(Heap& heap, const Value& value, const Arguments&) {
    if (value.is_string()) return value;
    MOE_TRY(Text text, to_text(value));
    return heap.text(std::move(text));
}

Result<Value> trim(Heap& heap, const Value& value, const Arguments& arguments) {
    MOE_TRY(const Value text, to_string(heap, value, arguments));
    return call_string_method(heap, "strip", text, arguments);
}

template <LetterCase letter_case>
Result<Value> change_case(Heap& heap, const Value& value, const Arguments& arguments) {
    MOE_TRY(const Value text, to_string(heap, value, arguments));
    return heap.text(text.text().with_bytes(in_case(text.bytes(), letter_case)));
}

Result<Value> length(Heap& heap, const Value& value, const Arguments&) {
    if (value.is_string()) {
        MOE_TRY(heap.charge(value.text().size()));
        return Value::integer(static_cast<std::int64_t>(code_point_count(value.bytes())));
    }
    if (value.is(Kind::Sequence)) return Value::integer(static_cast<std::int64_t>(value.items().size()));
    if (value.is(Kind::Mapping)) return Value::integer(static_cast<std::int64_t>(value.map().entries.size()));
    if (value.is(Kind::Undefined)) return Value::integer(0);
    return make_error("{} has no length", value.kind_name());
}

Result<Value> default_value(Heap& heap, const Value& value, const Arguments& arguments) {
    const bool is_for_false = flag_or(arguments.find(1, "boolean"), false);
    if (!value.is(Kind::Undefined) && (!is_for_false || value.is_true())) return value;
    const Value* const preset = arguments.find(0, "default_value");
    if (preset != nullptr) return *preset;
    return heap.text("");
}

Result<Value> json(Heap& heap, const Value& value, const Arguments& arguments) {
    const Value* const indent = arguments.find(1, "indent");  // ensure_ascii comes first
    const bool is_given = indent != nullptr && indent->is(Kind::Integer);
    const std::int64_t n_spaces = is_given ? std::clamp<std::int64_t>(indent->as_integer(), 0, 16) : -1;
    MOE_TRY(Text text, to_json(value, static_cast<int>(n_spaces)));
    return heap.text(std::move(text));
}

Result<Value> to_integer(Heap&, const Value& value, const Arguments& arguments) {
    const Value* const preset = arguments.find(0, "default");
    const Value otherwise = preset != nullptr ? *preset : Value::integer(0);
    double number = 0.0;
    if (value.is(Kind::Integer) || value.is(Kind::Boolean)) return Value::integer(value.as_integer());
    if (value.is(Kind::Float)) {
        number = value.as_number();
    } else if (value.is_string()) {
        const std::string text(value.bytes());
        char* end = nullptr;
        number = std::strtod(text.c_str(), &end);
        if (end == text.c_str() || *end != '\0') return otherwise;
    } else {
        return otherwise;
    }
    if (!(std::abs(number) < 9e15)) return otherwise;
    return Value::integer(static_cast<std::int64_t>(number));
}

Result<Value> to_float(Heap&, const Value& value, const Arguments& arguments) {
    const Value* const preset = arguments.find(0, "default");
    if (value.is_number()) return Value::number(value.as_number());
    const std::string text(value.is_string() ? value.bytes() : "");
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (!text.empty() && *end == '\0') return Value::number(number);
    return preset != nullptr ? *preset : Value::number(0.0);
}

Result<Value> absolute(Heap&, const Value& value, const Arguments&) {
    if (value.is(Kind::Float)) return Value::number(std::abs(value.as_number()));
    if (!value.is_number() || value.as_integer() == std::numeric_limits<std::int64_t>::min())
        return make_error("abs: it takes a number");
    return Value::integer(std::abs(value.as_integer()));
}

Result<Value> round(Heap&, const Value& value, const Arguments& arguments) {
    const Value* const precision = arguments.find(0, "precision");
    const std::string_view method = string_or(arguments.find(1, "method"), "common");
    if (!value.is_number()) return make_error("round: it takes a number");
    const double scale =
        std::pow(10.0, precision != nullptr && precision->is_number() ? precision->as_number() : 0.0);
    const double scaled = value.as_number() * scale;
    const double rounded = method == "ceil"
                               ? std::ceil(scaled)
                               : (method == "floor" ? std::floor(scaled) : std::nearbyint(scaled));
    return Value::number(rounded / scale);
}

Result<Value> replace(Heap& heap, const Value& value, const Arguments& arguments) {
    MOE_TRY(const Value text, to_string(heap, value, arguments));
    return call_string_method(heap, "replace", text, arguments);
}

Result<Value> indent(Heap& heap, const Value& value, const Arguments& arguments) {
    MOE_TRY(const Value text, to_string(heap, value, {}));
    const Value* const width = arguments.find(0, "width");
    std::string spaces(4, ' ');
    if (width != nullptr && width->is_string()) spaces = width->bytes();
    if (width != nullptr && width->is(Kind::Integer))
        spaces.assign(static_cast<std::size_t>(std::clamp<std::int64_t>(width->as_integer(), 0, 200)), ' ');
    const bool indents_first = flag_or(arguments.find(1, "first"), false);
    const bool indents_blank = flag_or(arguments.find(2, "blank"), false);
    MOE_TRY(const Value lines, call_string_method(heap, "splitlines", text,
                                                  {.positional = {Value::boolean(true)}, .named = {}}));
    Text indented;
    for (std::size_t i = 0; i < lines.items().size(); ++i) {
        const Text& line = lines.items()[i].text();
        const bool is_blank = std::ranges::all_of(line.bytes(), is_space);
        MOE_TRY(heap.charge(spaces.size()));
        if ((i > 0 || indents_first) && (!is_blank || indents_blank)) indented.append(spaces);
        indented.append(line);
    }
    return heap.text(std::move(indented));
}

/// "%s" and "%d" of the text, for the arguments in turn.
Result<Value> percent_format(Heap& heap, const Value& value, const Arguments& arguments) {
    if (!value.is_string()) return make_error("format: {} is no text", value.kind_name());
    const Text& text = value.text();
    Text written;
    std::size_t next = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.bytes().substr(at);
        if (rest.starts_with("%%")) {
            written.append(text, at++, 1);
        } else if (rest.starts_with("%s") || rest.starts_with("%d") || rest.starts_with("%i")) {
            if (next >= arguments.positional.size()) return make_error("format: it has too few arguments");
            MOE_TRY(const Text shown, to_text(arguments.positional[next++]));
            MOE_TRY(heap.charge(shown.size()));
            written.append(shown);
            ++at;
        } else if (rest[0] == '%') {
            return make_error("format: '{}' is not there yet", rest.substr(0, 2));
        } else {
            written.append(text, at, 1);
        }
    }
    return heap.text(std::move(written));
}

Result<Value> as_is(Heap& heap, const Value& value, const Arguments& arguments) {
    return to_string(heap, value, arguments);
}

const std::unordered_map<std::string_view, Filter>& filters() {
    static const std::unordered_map<std::string_view, Filter> table{
        {"trim", trim},
        {"string", to_string},
        {"safe", as_is},
        {"length", length},
        {"count", length},
        {"upper", change_case<LetterCase::Upper>},
        {"lower", change_case<LetterCase::Lower>},
        {"title", change_case<LetterCase::Words>},
        {"capitalize", change_case<LetterCase::Capital>},
        {"default", default_value},
        {"d", default_value},
        {"tojson", json},
        {"int", to_integer},
        {"float", to_float},
        {"abs", absolute},
        {"round", round},
        {"replace", replace},
        {"indent", indent},
        {"format", percent_format}};
    return table;
}

}  // namespace

Result<Value> apply_filter(Heap& heap, std::string_view name, const Value& value,
                           const Arguments& arguments) {
    const auto found = filters().find(name);
    const Filter filter = found == filters().end() ? find_list_filter(name) : found->second;
    if (filter == nullptr) return make_error("the filter '{}' is not there yet", name);
    return filter(heap, value, arguments);
}

}  // namespace moe::jinja
