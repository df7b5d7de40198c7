#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/base/check.h"

namespace moe {

/// What went wrong, for a person: the thing, the reason and what to do, in the form
/// `WHAT: WHY; WHAT TO DO` on one line and without a full stop.
struct Error {
    std::string message;
    bool cancelled = false;  ///< the caller asked to stop; nothing is wrong
};

/// Makes an Error from a format string: `return make_error("{}: cannot be opened: {}", path, why);`
template <class... Args>
Error make_error(fmt::format_string<Args...> format, Args&&... args) {
    return Error{fmt::format(format, std::forward<Args>(args)...)};
}

/// The answer to a request that was withdrawn.
inline Error cancelled_error() { return Error{.message = "cancelled", .cancelled = true}; }

/// A value or an Error. The member names are those of std::expected, which C++20 lacks.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    /// The value; asking for one that is not there is a bug.
    T& value() & { MOE_CHECK(has_value()); return std::get<0>(state_); }
    const T& value() const& { MOE_CHECK(has_value()); return std::get<0>(state_); }
    T&& value() && { MOE_CHECK(has_value()); return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const { MOE_CHECK(!has_value()); return std::get<1>(state_); }

  private:
    std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool has_value() const { return !error_.has_value(); }
    explicit operator bool() const { return has_value(); }
    void value() const { MOE_CHECK(has_value()); }
    const Error& error() const { MOE_CHECK(!has_value()); return *error_; }

  private:
    std::optional<Error> error_;
};

}  // namespace moe

#define MOE_TRY_NAME_2(line) moe_try_result_##line
#define MOE_TRY_NAME(line) MOE_TRY_NAME_2(line)
#define MOE_TRY_VOID(result, expression)                 \
    do {                                                 \
        auto result = (expression);                      \
        if (!result.has_value()) return result.error();  \
    } while (false)
#define MOE_TRY_VALUE(result, declaration, expression) \
    auto result = (expression);                        \
    if (!result.has_value()) return result.error();    \
    declaration = std::move(result).value()
#define MOE_TRY_PICK(_1, _2, chosen, ...) chosen
#define MOE_TRY_ONE(expression) MOE_TRY_VOID(MOE_TRY_NAME(__LINE__), expression)
#define MOE_TRY_TWO(declaration, expression) MOE_TRY_VALUE(MOE_TRY_NAME(__LINE__), declaration, expression)

/// `MOE_TRY(const T x, f());` declares x from f's value or returns f's Error; `MOE_TRY(f());` only
/// passes the Error up. An expression with a comma outside parentheses needs parentheses around it.
#define MOE_TRY(...) MOE_TRY_PICK(__VA_ARGS__, MOE_TRY_TWO, MOE_TRY_ONE, unused)(__VA_ARGS__)
