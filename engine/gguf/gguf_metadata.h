#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/result.h"

namespace moe {

/// An array of a GGUF file's header, as 64-bit numbers, doubles, or text. Text borrows the file's
/// memory and may hold any bytes.
using GgufArray = std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string_view>>;

/// One value of the header. Integers of every width and sign are held as int64 (an unsigned 64-bit
/// value above its range is refused on reading); text borrows the file's memory.
using GgufValue = std::variant<std::int64_t, double, bool, std::string_view, GgufArray>;

/// The key-value part of a GGUF file. Every accessor names the key, what it found and what it needs
/// when it fails. Borrows the mapped file, which must outlive it.
class GgufMetadata {
  public:
    /// Adds a value. Fails when the key is there already.
    Result<void> insert(std::string key, GgufValue value);

    bool contains(std::string_view key) const { return find(key) != nullptr; }
    const GgufValue* find(std::string_view key) const;  ///< null when absent

    /// A count or size that must be there and lie in [min, max].
    Result<std::size_t> size(std::string_view key, std::size_t min, std::size_t max) const;
    /// As `size`, or `fallback` when the key is absent.
    Result<std::size_t> size_or(std::string_view key, std::size_t fallback, std::size_t min,
                                std::size_t max) const;
    /// A finite number; an integer will do.
    Result<double> number(std::string_view key) const;
    Result<double> number_or(std::string_view key, double fallback) const;
    Result<bool> flag_or(std::string_view key, bool fallback) const;
    Result<std::string_view> text(std::string_view key) const;
    Result<std::string_view> text_or(std::string_view key, std::string_view fallback) const;
    /// The array's elements, borrowed; fails when absent or of another kind.
    Result<std::span<const std::string_view>> text_array(std::string_view key) const;
    Result<std::span<const std::int64_t>> integer_array(std::string_view key) const;
    Result<std::span<const double>> number_array(std::string_view key) const;

    const std::map<std::string, GgufValue, std::less<>>& values() const { return values_; }

  private:
    std::map<std::string, GgufValue, std::less<>> values_;
};

}  // namespace moe
