#pragma once

#include <cstddef>

namespace moe::render {

/// Neighbouring tokens, or neighbouring columns, that one pixel stands for; half-open.
struct IndexRange {
    std::size_t first = 0;
    std::size_t end = 0;
    bool is_empty() const { return first >= end; }
    std::size_t size() const { return is_empty() ? 0 : end - first; }
    bool operator==(const IndexRange&) const = default;
};

}  // namespace moe::render
