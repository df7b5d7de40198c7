// Filters that look into lists and mappings.

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <unordered_map>

#include "engine/jinja/filters.h"

namespace moe::jinja {
namespace {

using Kind = Value::Kind;

/// The member that a path such as "function.name" or "0" leads to.
Result<Value> member(Heap& heap, Value value, std::string_view path) {
    while (!path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        const std::string name(path.substr(0, dot));
        const bool is_index = name.find_first_not_of("0123456789") == std::string::npos && name.size() < 9;
        if (is_index && !name.empty()) {
            MOE_TRY(value, item(heap, value, Value::integer(std::atoi(name.c_str()))));
        } else {
            MOE_TRY(value, attribute(heap, value, name));
        }
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return value;
}

Result<Value> join(Heap& heap, const Value& value, const Arguments& arguments) {
    const Value* const separator = arguments.find(0, "d");
    const Value* const path = arguments.find(1, "attribute");
    MOE_TRY(const List list, elements(heap, value));
    Text joined;
    for (std::size_t i = 0; i < list.size(); ++i) {
        Value element = list[i];
        if (path != nullptr) {
            MOE_TRY(element, member(heap, element, string_or(path, "")));
        }
        if (i > 0 && separator != nullptr && separator->is_string()) joined.append(separator->text());
        MOE_TRY(const Text text, to_text(element));
        MOE_TRY(heap.charge(text.size() + 16 +
                            (separator != nullptr && separator->is_string() ? separator->text().size() : 0)));
        joined.append(text);
    }
    return heap.text(std::move(joined));
}

template <bool is_last>
Result<Value> end_element(Heap& heap, const Value& value, const Arguments&) {
    MOE_TRY(const List list, elements(heap, value));
    if (list.empty()) return Value();
    return is_last ? list.back() : list.front();
}

Result<Value> to_list(Heap& heap, const Value& value, const Arguments&) {
    MOE_TRY(List list, elements(heap, value));
    return heap.list(std::move(list));
}

Result<Value> items(Heap& heap, const Value& value, const Arguments&) {
    if (value.is(Kind::Undefined)) return heap.list({});
    if (!value.is(Kind::Mapping)) return make_error("items: {} is no mapping", value.kind_name());
    return call_method(heap, "items", value, {});
}

/// Sorts by what `key` makes of an element. Elements that do not compare are an Error.
template <typename Key>
Result<void> sort_by(Heap& heap, List& list, bool is_reverse, const Key& key) {
    std::vector<std::pair<Value, Value>> keyed;
    for (const Value& element : list) {
        MOE_TRY(const Value by, key(element));
        keyed.emplace_back(by, element);
    }
    MOE_TRY(heap.charge(list.size() * 64));
    std::optional<Error> trouble;
    std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
        const Result<int> order = is_reverse ? compare(b.first, a.first) : compare(a.first, b.first);
        if (!order && !trouble) trouble = order.error();
        return order.has_value() && *order < 0;
    });
    if (trouble) return *trouble;
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = keyed[i].second;
    return {};
}

/// Without `case_sensitive` texts are sorted as if they were in lower case.
Result<Value> sort_key(Heap& heap, const Value& value, bool is_exact) {
    if (is_exact || !value.is_string()) return value;
    return heap.text(in_case(value.bytes(), LetterCase::Lower));
}

Result<Value> dictsort(Heap& heap, const Value& value, const Arguments& arguments) {
    const bool is_exact = flag_or(arguments.find(0, "case_sensitive"), false);
    const std::size_t by = string_or(arguments.find(1, "by"), "key") == "value" ? 1 : 0;
    const bool is_reverse = flag_or(arguments.find(2, "reverse"), false);
    MOE_TRY(const Value pairs, items(heap, value, {}));
    List list = pairs.items();
    MOE_TRY(sort_by(heap, list, is_reverse,
                    [&](const Value& pair) { return sort_key(heap, pair.items()[by], is_exact); }));
    return heap.list(std::move(list));
}

Result<Value> sort(Heap& heap, const Value& value, const Arguments& arguments) {
    const bool is_reverse = flag_or(arguments.find(0, "reverse"), false);
    const bool is_exact = flag_or(arguments.find(1, "case_sensitive"), false);
    const Value* const path = arguments.find(2, "attribute");
    MOE_TRY(List list, elements(heap, value));
    MOE_TRY(sort_by(heap, list, is_reverse, [&](const Value& element) -> Result<Value> {
        MOE_TRY(const Value by, member(heap, element, string_or(path, "")));
        return sort_key(heap, by, is_exact);
    }));
    return heap.list(std::move(list));
}

Result<Value> reverse(Heap& heap, const Value& value, const Arguments&) {
    if (value.is_string()) return slice(heap, value, Value(), Value(), Value::integer(-1));
    MOE_TRY(List list, elements(heap, value));
    std::ranges::reverse(list);
    return heap.list(std::move(list));
}

Result<Value> unique(Heap& heap, const Value& value, const Arguments&) {
    MOE_TRY(const List list, elements(heap, value));
    List kept;
    for (const Value& element : list) {
        MOE_TRY(heap.charge(kept.size() * sizeof(Value)));
        MOE_TRY(const Value all, heap.list(kept));
        MOE_TRY(const bool is_known, contains(all, element));
        if (!is_known) kept.push_back(element);
    }
    return heap.list(std::move(kept));
}

Result<Value> sum(Heap& heap, const Value& value, const Arguments& arguments) {
    const Value* const path = arguments.find(0, "attribute");
    const Value* const start = arguments.find(1, "start");
    MOE_TRY(const List list, elements(heap, value));
    Value total = start != nullptr ? *start : Value::integer(0);
    for (const Value& element : list) {
        MOE_TRY(const Value term, member(heap, element, string_or(path, "")));
        MOE_TRY(total, binary(heap, "+", total, term));
    }
    return total;
}

template <int wanted>
Result<Value> extreme(Heap& heap, const Value& value, const Arguments&) {
    MOE_TRY(const List list, elements(heap, value));
    if (list.empty()) return Value();
    Value best = list[0];
    for (const Value& element : list) {
        MOE_TRY(const int order, compare(element, best));
        if (order * wanted > 0) best = element;
    }
    return best;
}

/// The elements, or a member of each, for which a test holds, or does not; without a test: that are true.
template <bool of_members, bool wanted>
Result<Value> select(Heap& heap, const Value& value, const Arguments& arguments) {
    const std::size_t test_at = of_members ? 1 : 0;
    const std::string_view path = of_members ? string_or(arguments.find(0, ""), "") : "";
    const Value* const test = arguments.find(test_at, "");
    Arguments rest;
    for (std::size_t i = test_at + 1; i < arguments.positional.size(); ++i)
        rest.positional.push_back(arguments.positional[i]);
    if (!value.is_true()) return heap.list({});  // nothing, too
    MOE_TRY(const List list, elements(heap, value));
    List kept;
    for (const Value& element : list) {
        MOE_TRY(const Value subject, member(heap, element, path));
        bool holds = subject.is_true();
        if (test != nullptr) {
            MOE_TRY(holds, apply_test(heap, string_or(test, ""), subject, rest));
        }
        if (holds == wanted) kept.push_back(element);
    }
    return heap.list(std::move(kept));
}

Result<Value> map(Heap& heap, const Value& value, const Arguments& arguments) {
    const Value* const path = arguments.find(std::numeric_limits<std::size_t>::max(), "attribute");
    const Value* const preset = arguments.find(std::numeric_limits<std::size_t>::max(), "default");
    Arguments rest{.positional = {}, .named = arguments.named};
    for (std::size_t i = 1; i < arguments.positional.size(); ++i)
        rest.positional.push_back(arguments.positional[i]);
    if (!value.is_true()) return heap.list({});
    MOE_TRY(const List list, elements(heap, value));
    List mapped;
    for (const Value& element : list) {
        Value result;
        if (path != nullptr) {
            MOE_TRY(result, member(heap, element, string_or(path, "")));
            if (result.is(Kind::Undefined) && preset != nullptr) result = *preset;
        } else {
            MOE_TRY(result, apply_filter(heap, string_or(arguments.find(0, ""), ""), element, rest));
        }
        mapped.push_back(result);
    }
    return heap.list(std::move(mapped));
}

const std::unordered_map<std::string_view, Filter>& filters() {
    static const std::unordered_map<std::string_view, Filter> table{{"join", join},
                                                                    {"first", end_element<false>},
                                                                    {"last", end_element<true>},
                                                                    {"list", to_list},
                                                                    {"items", items},
                                                                    {"dictsort", dictsort},
                                                                    {"sort", sort},
                                                                    {"reverse", reverse},
                                                                    {"unique", unique},
                                                                    {"sum", sum},
                                                                    {"min", extreme<-1>},
                                                                    {"max", extreme<1>},
                                                                    {"select", select<false, true>},
                                                                    {"reject", select<false, false>},
                                                                    {"selectattr", select<true, true>},
                                                                    {"rejectattr", select<true, false>},
                                                                    {"map", map}};
    return table;
}

}  // namespace

Filter find_list_filter(std::string_view name) {
    const auto found = filters().find(name);
    return found == filters().end() ? nullptr : found->second;
}

}  // namespace moe::jinja
