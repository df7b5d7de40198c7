#include "engine/jinja/value.h"

#include <algorithm>
#include <cmath>

namespace moe::jinja {
namespace {

constexpr std::size_t kMaxDepth = 64;  // of lists in lists
constexpr std::size_t kValueBytes = 64;

int sign(bool is_less, bool is_greater) { return is_less ? -1 : (is_greater ? 1 : 0); }

Result<bool> are_equal_at(const Value& a, const Value& b, std::size_t depth) {
    using Kind = Value::Kind;
    if (depth > kMaxDepth) return make_error("a value is nested too deeply");
    if (a.is_number() && b.is_number()) {
        if (a.is(Kind::Float) || b.is(Kind::Float)) return a.as_number() == b.as_number();
        return a.as_integer() == b.as_integer();
    }
    if (a.kind() != b.kind()) return false;
    if (a.is_string()) return a.bytes() == b.bytes();
    if (a.is(Kind::Namespace)) return &a.map() == &b.map();
    if (a.is(Kind::Loop)) return &a.loop() == &b.loop();
    if (a.is(Kind::Function)) return &a.callable() == &b.callable();
    if (a.is(Kind::Sequence)) {
        if (a.items().size() != b.items().size()) return false;
        for (std::size_t i = 0; i < a.items().size(); ++i) {
            MOE_TRY(const bool same, are_equal_at(a.items()[i], b.items()[i], depth + 1));
            if (!same) return false;
        }
    }
    if (a.is(Kind::Mapping)) {
        if (a.map().entries.size() != b.map().entries.size()) return false;
        for (const auto& [key, value] : a.map().entries) {
            const Value* const other = b.map().find(key);
            if (other == nullptr) return false;
            MOE_TRY(const bool same, are_equal_at(value, *other, depth + 1));
            if (!same) return false;
        }
    }
    return true;
}

}  // namespace

Value Value::boolean(bool value) {
    Value result(Kind::Boolean);
    result.integer_ = value ? 1 : 0;
    return result;
}
Value Value::integer(std::int64_t value) {
    Value result(Kind::Integer);
    result.integer_ = value;
    return result;
}
Value Value::number(double value) {
    Value result(Kind::Float);
    result.number_ = value;
    return result;
}
Value Value::string(const Text* text) {
    Value result(Kind::String);
    result.text_ = text;
    return result;
}
Value Value::list(const List* list) {
    Value result(Kind::Sequence);
    result.list_ = list;
    return result;
}
Value Value::map(Map* map, Kind kind) {
    Value result(kind);
    result.map_ = map;
    return result;
}
Value Value::loop(Loop* loop) {
    Value result(Kind::Loop);
    result.loop_ = loop;
    return result;
}
Value Value::callable(const Callable* callable) {
    Value result(Kind::Function);
    result.callable_ = callable;
    return result;
}

bool Value::is_true() const {
    switch (kind_) {
        case Kind::Undefined:
        case Kind::None:
            return false;
        case Kind::Boolean:
        case Kind::Integer:
            return integer_ != 0;
        case Kind::Float:
            return number_ != 0.0;
        case Kind::String:
            return !text_->empty();
        case Kind::Sequence:
            return !list_->empty();
        case Kind::Mapping:
            return !map_->entries.empty();
        case Kind::Namespace:
        case Kind::Loop:
        case Kind::Function:
            return true;
    }
    return false;
}

std::string_view Value::kind_name() const {
    switch (kind_) {
        case Kind::Undefined:
            return "undefined";
        case Kind::None:
            return "none";
        case Kind::Boolean:
            return "a boolean";
        case Kind::Integer:
            return "an integer";
        case Kind::Float:
            return "a float";
        case Kind::String:
            return "a string";
        case Kind::Sequence:
            return "a list";
        case Kind::Mapping:
            return "a mapping";
        case Kind::Namespace:
            return "a namespace";
        case Kind::Loop:
            return "a loop";
        case Kind::Function:
            return "a function";
    }
    return "";
}

const Value* Map::find(std::string_view key) const {
    for (const auto& [name, value] : entries) {
        if (name.is_string() && name.bytes() == key) return &value;
    }
    return nullptr;
}

const Value* Map::find(const Value& key) const {
    if (key.is_string()) return find(key.bytes());
    for (const auto& [name, value] : entries) {
        if (name.is_number() && key.is_number() && name.as_number() == key.as_number()) return &value;
    }
    return nullptr;
}

void Map::set(const Value& key, const Value& value) {
    for (auto& [name, old] : entries) {
        const bool is_same_text = name.is_string() && key.is_string() && name.bytes() == key.bytes();
        const bool is_same_number =
            name.is_number() && key.is_number() && name.as_number() == key.as_number();
        if (!is_same_text && !is_same_number) continue;
        old = value;
        return;
    }
    entries.emplace_back(key, value);
}

Result<void> Heap::charge(std::size_t n_bytes) {
    if (n_bytes > bytes_left_) return make_error("it takes too much time or memory");
    bytes_left_ -= n_bytes;
    return {};
}

Result<Value> Heap::text(Text text) {
    MOE_TRY(charge(kValueBytes + text.size()));
    texts_.push_back(std::move(text));
    return Value::string(&texts_.back());
}

Result<Value> Heap::list(List items) {
    MOE_TRY(charge(kValueBytes + items.size() * sizeof(Value)));
    lists_.push_back(std::move(items));
    return Value::list(&lists_.back());
}

Result<Value> Heap::map(Map map, Value::Kind kind) {
    MOE_TRY(charge(kValueBytes + map.entries.size() * 2 * sizeof(Value)));
    maps_.push_back(std::move(map));
    return Value::map(&maps_.back(), kind);
}

Result<Value> Heap::loop(Loop loop) {
    MOE_TRY(charge(sizeof(Loop)));
    loops_.push_back(std::move(loop));
    return Value::loop(&loops_.back());
}

Result<Value> Heap::callable(Callable callable) {
    MOE_TRY(charge(kValueBytes + callable.name.size()));
    callables_.push_back(std::move(callable));
    return Value::callable(&callables_.back());
}

const Value* Arguments::find(std::size_t position, std::string_view name) const {
    if (position < positional.size()) return &positional[position];
    for (const auto& [key, value] : named) {
        if (key == name) return &value;
    }
    return nullptr;
}

Result<bool> are_equal(const Value& a, const Value& b) { return are_equal_at(a, b, 0); }

Result<int> compare(const Value& a, const Value& b) {
    if (a.is_number() && b.is_number()) {
        if (!a.is(Value::Kind::Float) && !b.is(Value::Kind::Float))
            return sign(a.as_integer() < b.as_integer(), a.as_integer() > b.as_integer());
        return sign(a.as_number() < b.as_number(), a.as_number() > b.as_number());
    }
    if (a.is_string() && b.is_string()) return sign(a.bytes() < b.bytes(), a.bytes() > b.bytes());
    return make_error("{} cannot be compared with {}", a.kind_name(), b.kind_name());
}

Result<bool> contains(const Value& container, const Value& item) {
    using Kind = Value::Kind;
    if (container.is_string()) {
        if (!item.is_string()) return make_error("{} is never in a string", item.kind_name());
        return container.bytes().find(item.bytes()) != std::string_view::npos;
    }
    if (container.is(Kind::Sequence)) {
        for (const Value& element : container.items()) {
            MOE_TRY(const bool same, are_equal(element, item));
            if (same) return true;
        }
        return false;
    }
    if (container.is(Kind::Mapping) || container.is(Kind::Namespace))
        return container.map().find(item) != nullptr;
    if (container.is(Kind::Undefined)) return false;
    return make_error("nothing is in {}", container.kind_name());
}

}  // namespace moe::jinja
