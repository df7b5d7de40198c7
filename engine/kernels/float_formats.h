#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/simd_generic.h"

// Weights without blocks: how many bytes a value takes, and eight or S::kLanes of them as floats.

namespace moe {

template <class S>
struct F32Values {
    static constexpr std::size_t kBytes = 4;
    MOE_INLINE static typename S::Floats8 load8(const std::uint8_t* from) {
        return S::load8(reinterpret_cast<const float*>(from));
    }
    MOE_INLINE static typename S::Floats load(const std::uint8_t* from) {
        return S::load(reinterpret_cast<const float*>(from));
    }
};
template <class S>
struct F16Values {
    static constexpr std::size_t kBytes = 2;
    MOE_INLINE static typename S::Floats8 load8(const std::uint8_t* from) { return S::load8_f16(from); }
    MOE_INLINE static typename S::Floats load(const std::uint8_t* from) { return S::load_f16(from); }
};
template <class S>
struct Bf16Values {
    static constexpr std::size_t kBytes = 2;
    MOE_INLINE static typename S::Floats8 load8(const std::uint8_t* from) { return S::load8_bf16(from); }
    MOE_INLINE static typename S::Floats load(const std::uint8_t* from) { return S::load_bf16(from); }
};

}  // namespace moe
