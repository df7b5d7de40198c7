#include <algorithm>
#include <array>
#include <ctime>

#include "engine/jinja/library.h"

namespace moe::jinja {
namespace {

using Kind = Value::Kind;

constexpr std::array<std::string_view, 5> kFunctions = {"namespace", "range", "dict", "raise_exception",
                                                        "strftime_now"};
constexpr std::array<std::string_view, 4> kMapMethods = {"get", "items", "keys", "values"};

Result<Value> make_range(Heap& heap, const Arguments& arguments) {
    const List& bounds = arguments.positional;
    for (const Value& bound : bounds) {
        if (!bound.is(Kind::Integer)) return make_error("range: {} is no bound", bound.kind_name());
    }
    if (bounds.empty() || bounds.size() > 3) return make_error("range: it takes one to three bounds");
    const std::int64_t first = bounds.size() == 1 ? 0 : bounds[0].as_integer();
    const std::int64_t last = bounds[bounds.size() == 1 ? 0 : 1].as_integer();
    const std::int64_t step = bounds.size() == 3 ? bounds[2].as_integer() : 1;
    if (step == 0) return make_error("range: the step is zero");
    List numbers;
    for (std::int64_t at = first; step > 0 ? at < last : at > last;) {
        MOE_TRY(heap.charge(sizeof(Value)));
        numbers.push_back(Value::integer(at));
        if (__builtin_add_overflow(at, step, &at)) break;
    }
    return heap.list(std::move(numbers));
}

Result<Value> make_map(Heap& heap, const Arguments& arguments, Kind kind) {
    Map map;
    for (const Value& value : arguments.positional) {
        if (!value.is(Kind::Mapping)) return make_error("{} is no mapping", value.kind_name());
        for (const auto& [key, entry] : value.map().entries) map.set(key, entry);
    }
    for (const auto& [name, value] : arguments.named) {
        MOE_TRY(const Value key, heap.text(name));
        map.set(key, value);
    }
    return heap.map(std::move(map), kind);
}

Result<Value> format_now(Heap& heap, const Arguments& arguments, std::time_t now) {
    const Value* const format = arguments.find(0, "format");
    if (format == nullptr || !format->is_string() || format->text().size() > 200)
        return make_error("strftime_now: it takes a format");
    std::tm parts{};
    localtime_r(&now, &parts);
    std::array<char, 1024> text{};
    const std::string pattern(format->bytes());
    const std::size_t size = std::strftime(text.data(), text.size(), pattern.c_str(), &parts);
    return heap.text(std::string_view(text.data(), size));
}

Result<Value> call_map_method(Heap& heap, std::string_view name, const Map& map, const Arguments& arguments) {
    if (name == "get") {
        const Value* const key = arguments.find(0, "key");
        if (key == nullptr) return make_error("get: it takes a key");
        const Value* const found = map.find(*key);
        const Value* const preset = arguments.find(1, "default");
        return found != nullptr ? *found : (preset != nullptr ? *preset : Value::none());
    }
    List list;
    for (const auto& [key, value] : map.entries) {
        Value element = name == "keys" ? key : value;
        if (name == "items") {
            MOE_TRY(element, heap.list({key, value}));
        }
        list.push_back(element);
    }
    return heap.list(std::move(list));
}

}  // namespace

bool is_function(std::string_view name) { return std::ranges::find(kFunctions, name) != kFunctions.end(); }

Result<Value> call_function(Heap& heap, std::string_view name, const Arguments& arguments, std::time_t now) {
    if (name == "range") return make_range(heap, arguments);
    if (name == "namespace") return make_map(heap, arguments, Kind::Namespace);
    if (name == "dict") return make_map(heap, arguments, Kind::Mapping);
    if (name == "strftime_now") return format_now(heap, arguments, now);
    const Value* const message = arguments.find(0, "message");
    if (message == nullptr) return make_error("the template refuses this");
    MOE_TRY(const Text text, to_text(*message));
    return make_error("{}", text.bytes());
}

bool has_method(const Value& value, std::string_view name) {
    if (value.is_string()) return is_string_method(name);
    return value.is(Kind::Mapping) && std::ranges::find(kMapMethods, name) != kMapMethods.end();
}

Result<Value> call_method(Heap& heap, std::string_view name, const Value& self, const Arguments& arguments) {
    if (self.is_string()) return call_string_method(heap, name, self, arguments);
    if (self.is(Kind::Loop)) return call_loop_method(heap, name, self.loop(), arguments);
    return call_map_method(heap, name, self.map(), arguments);
}

}  // namespace moe::jinja
