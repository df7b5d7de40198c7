#pragma once

#include <string_view>

#include "engine/jinja/library.h"

namespace moe::jinja {

using Filter = Result<Value> (*)(Heap& heap, const Value& value, const Arguments& arguments);

/// The filter with this name that looks into lists and mappings, or null.
Filter find_list_filter(std::string_view name);

inline std::string_view string_or(const Value* value, std::string_view preset) {
    return value != nullptr && value->is_string() ? value->bytes() : preset;
}

inline bool flag_or(const Value* value, bool preset) { return value == nullptr ? preset : value->is_true(); }

}  // namespace moe::jinja
