#include "engine/gguf/gguf_metadata.h"

#include <cmath>
#include <utility>

#include "engine/gguf/printable.h"

namespace moe {
namespace {

/// What a value is, in the words of a message.
std::string describe(const GgufValue* value) {
    if (value == nullptr) return "is missing";
    if (const auto* integer = std::get_if<std::int64_t>(value)) return fmt::format("is {}", *integer);
    if (const auto* number = std::get_if<double>(value)) return fmt::format("is {}", *number);
    if (const auto* flag = std::get_if<bool>(value)) return fmt::format("is {}", *flag);
    if (const auto* text = std::get_if<std::string_view>(value)) {
        return fmt::format("is the text '{}'", printable(*text));
    }
    const GgufArray& array = std::get<GgufArray>(*value);
    if (std::holds_alternative<std::vector<std::int64_t>>(array)) return "is a list of integers";
    if (std::holds_alternative<std::vector<double>>(array)) return "is a list of numbers";
    return "is a list of texts";
}

Error unsuitable(std::string_view key, const GgufValue* value, std::string_view need) {
    return make_error("the metadata '{}' {}, {} is needed; fetch the file again or convert the model again",
                      printable(key), describe(value), need);
}

template <class T>
Result<T> value_of_kind(std::string_view key, const GgufValue* value, std::string_view need) {
    const T* const held = value == nullptr ? nullptr : std::get_if<T>(value);
    if (held == nullptr) return unsuitable(key, value, need);
    return *held;
}

template <class T>
Result<std::span<const T>> array_of_kind(std::string_view key, const GgufValue* value,
                                         std::string_view need) {
    const GgufArray* const array = value == nullptr ? nullptr : std::get_if<GgufArray>(value);
    const auto* const held = array == nullptr ? nullptr : std::get_if<std::vector<T>>(array);
    if (held == nullptr) return unsuitable(key, value, need);
    return std::span<const T>(*held);
}

}  // namespace

Result<void> GgufMetadata::insert(std::string key, GgufValue value) {
    const auto [place, inserted] = values_.try_emplace(std::move(key), std::move(value));
    if (!inserted) {
        return make_error("the metadata '{}' is there twice; fetch the file again", printable(place->first));
    }
    return {};
}

const GgufValue* GgufMetadata::find(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
}

Result<std::size_t> GgufMetadata::size(std::string_view key, std::size_t min, std::size_t max) const {
    const GgufValue* const value = find(key);
    const auto* const held = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
    if (held == nullptr || *held < 0 || static_cast<std::size_t>(*held) < min ||
        static_cast<std::size_t>(*held) > max) {
        return unsuitable(key, value, fmt::format("an integer from {} to {}", min, max));
    }
    return static_cast<std::size_t>(*held);
}

Result<std::size_t> GgufMetadata::size_or(std::string_view key, std::size_t fallback, std::size_t min,
                                          std::size_t max) const {
    if (!contains(key)) return fallback;
    return size(key, min, max);
}

Result<double> GgufMetadata::number(std::string_view key) const {
    const GgufValue* const value = find(key);
    if (value != nullptr) {
        if (const auto* const integer = std::get_if<std::int64_t>(value))
            return static_cast<double>(*integer);
        const auto* const held = std::get_if<double>(value);
        if (held != nullptr && std::isfinite(*held)) return *held;
    }
    return unsuitable(key, value, "a finite number");
}

Result<double> GgufMetadata::number_or(std::string_view key, double fallback) const {
    if (!contains(key)) return fallback;
    return number(key);
}

Result<bool> GgufMetadata::flag_or(std::string_view key, bool fallback) const {
    if (!contains(key)) return fallback;
    return value_of_kind<bool>(key, find(key), "true or false");
}

Result<std::string_view> GgufMetadata::text(std::string_view key) const {
    return value_of_kind<std::string_view>(key, find(key), "a text");
}

Result<std::string_view> GgufMetadata::text_or(std::string_view key, std::string_view fallback) const {
    if (!contains(key)) return fallback;
    return text(key);
}

Result<std::span<const std::string_view>> GgufMetadata::text_array(std::string_view key) const {
    return array_of_kind<std::string_view>(key, find(key), "a list of texts");
}

Result<std::span<const std::int64_t>> GgufMetadata::integer_array(std::string_view key) const {
    return array_of_kind<std::int64_t>(key, find(key), "a list of integers");
}

Result<std::span<const double>> GgufMetadata::number_array(std::string_view key) const {
    return array_of_kind<double>(key, find(key), "a list of numbers");
}

}  // namespace moe
