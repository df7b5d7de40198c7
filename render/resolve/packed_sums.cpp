#include "render/resolve/packed_sums.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe::render {

PackedSums::PackedSums(std::span<const std::uint64_t> sums) : low_(sums.size()), middle_(sums.size()) {
    std::uint64_t largest = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        low_[i] = static_cast<std::uint16_t>(sums[i]);
        middle_[i] = static_cast<std::uint8_t>(sums[i] >> 16);
        largest = std::max(largest, sums[i]);
    }
    MOE_CHECK(largest >> 32 == 0);
    if (largest >> 24 == 0) return;
    high_.resize(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i) high_[i] = static_cast<std::uint8_t>(sums[i] >> 24);
}

std::uint32_t PackedSums::operator[](std::size_t index) const {
    std::uint32_t sum = low_[index] | static_cast<std::uint32_t>(middle_[index]) << 16;
    if (!high_.empty()) sum |= static_cast<std::uint32_t>(high_[index]) << 24;
    return sum;
}

void PackedSums::add_to(std::span<std::uint64_t> sums) const {
    MOE_CHECK(sums.size() == low_.size());
    for (std::size_t i = 0; i < low_.size(); ++i)
        sums[i] += low_[i] + (static_cast<std::uint32_t>(middle_[i]) << 16);
    for (std::size_t i = 0; i < high_.size(); ++i) sums[i] += static_cast<std::uint64_t>(high_[i]) << 24;
}

}  // namespace moe::render
