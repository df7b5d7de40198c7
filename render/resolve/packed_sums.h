#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace moe::render {

/// Sums of a few dozen to a few thousand cells, exact: three bytes each where none needs a fourth.
class PackedSums {
  public:
    PackedSums() = default;
    explicit PackedSums(std::span<const std::uint64_t> sums);  ///< each below 2^32

    std::size_t size() const { return low_.size(); }
    bool empty() const { return low_.empty(); }
    std::uint32_t operator[](std::size_t index) const;
    void add_to(std::span<std::uint64_t> sums) const;  ///< of the same size

  private:
    std::vector<std::uint16_t> low_;
    std::vector<std::uint8_t> middle_;  // bits 16 to 23
    std::vector<std::uint8_t> high_;    // bits 24 to 31; empty where all are zero
};

}  // namespace moe::render
