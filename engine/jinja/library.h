#pragma once

#include <ctime>
#include <string_view>

#include "engine/jinja/value.h"

namespace moe::jinja {

// What templates may call, by name. An unknown name, arguments that do not fit, and work beyond the heap's
// limit are Errors.

Result<Value> apply_filter(Heap& heap, std::string_view name, const Value& value, const Arguments& arguments);
Result<bool> apply_test(Heap& heap, std::string_view name, const Value& value, const Arguments& arguments);

/// `value.name(arguments)` for strings and maps.
Result<Value> call_method(Heap& heap, std::string_view name, const Value& self, const Arguments& arguments);
bool has_method(const Value& value, std::string_view name);
Result<Value> call_string_method(Heap& heap, std::string_view name, const Value& self,
                                 const Arguments& arguments);
bool is_string_method(std::string_view name);

/// A member of `loop`, "index" or "cycle" and the like, or undefined.
Result<Value> loop_member(Heap& heap, const Value& loop, std::string_view name);
/// `loop.cycle` and `loop.changed`
Result<Value> call_loop_method(Heap& heap, std::string_view name, Loop& loop, const Arguments& arguments);

/// `namespace`, `range`, `dict`, `raise_exception`, and `strftime_now`, for which it is `now`.
Result<Value> call_function(Heap& heap, std::string_view name, const Arguments& arguments, std::time_t now);
bool is_function(std::string_view name);

/// value.name: a member of a map or namespace, a method; else undefined. Of an undefined value an Error.
Result<Value> attribute(Heap& heap, const Value& value, std::string_view name);
/// value[index]
Result<Value> item(Heap& heap, const Value& value, const Value& index);
/// value[first:last:step], each of which may be undefined.
Result<Value> slice(Heap& heap, const Value& value, const Value& first, const Value& last, const Value& step);
/// What a loop runs over: elements, keys of a map, characters of a string, nothing of an undefined value.
Result<List> elements(Heap& heap, const Value& value);

/// The operators "+", "-", "*", "/", "//", "%", "**" and "~".
Result<Value> binary(Heap& heap, std::string_view sign, const Value& left, const Value& right);

}  // namespace moe::jinja
