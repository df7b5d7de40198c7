#pragma once

#include "engine/kernels/block_gemm.h"
#include "engine/kernels/block_gemv.h"
#include "engine/kernels/float_gemm.h"
#include "engine/kernels/float_gemv.h"
#include "engine/kernels/round_groups.h"

namespace moe {

/// Calls `call` with a value of the format of `type`.
template <class S, class Call>
MOE_INLINE void with_format(BlockType type, const Call& call) {
    switch (type) {
        case BlockType::Q8_0:
            return call(Q8_0Format<S>());
        case BlockType::Q4_0:
            return call(Q4_0Format<S>());
        case BlockType::Q4_1:
            return call(Q4_1Format<S>());
        case BlockType::Q5_0:
            return call(Q5_0Format<S>());
        case BlockType::Q5_1:
            return call(Q5_1Format<S>());
        case BlockType::Q2_K:
            return call(Q2KFormat<S>());
        case BlockType::Q3_K:
            return call(Q3KFormat<S>());
        case BlockType::Q4_K:
            return call(Q4KFormat<S>());
        case BlockType::Q5_K:
            return call(Q5KFormat<S>());
        case BlockType::Q6_K:
            return call(Q6KFormat<S>());
        case BlockType::IQ4_NL:
            return call(Iq4NlFormat<S>());
        case BlockType::IQ4_XS:
            return call(Iq4XsFormat<S>());
        case BlockType::MXFP4:
            return call(Mxfp4Format<S>());
        case BlockType::F32:
        case BlockType::F16:
        case BlockType::BF16:
            return;  // not for these: has_block_kernel
    }
}

template <class S>
void gemv_of(BlockType type, const BlockRows& weight, const RoundedRows& x, const ProductRows& y) {
    with_format<S>(type, [&](auto format) { block_gemv<S, decltype(format)>(weight, x, y); });
}

template <class S>
void gemm_of(BlockType type, const BlockRows& weight, const RoundedRows& x, const ProductRows& y, void* scratch) {
    with_format<S>(type, [&](auto format) { block_gemm<S, decltype(format)>(weight, x, y, scratch); });
}

template <class S>
std::size_t gemm_scratch_bytes_of(std::size_t n_values) {
    return WeightTile<S>::size_bytes((n_values + 255) / 256 * 256);
}

template <class S>
void float_gemv_of(BlockType type, const BlockRows& weight, const FloatRows& x, const ProductRows& y) {
    if (type == BlockType::F32) return float_gemv<S, F32Values<S>>(weight, x, y);
    if (type == BlockType::F16) return float_gemv<S, F16Values<S>>(weight, x, y);
    if (type == BlockType::BF16) return float_gemv<S, Bf16Values<S>>(weight, x, y);
}

template <class S>
void float_gemm_of(BlockType type, const BlockRows& weight, const FloatRows& x, const ProductRows& y, void* scratch) {
    if (type == BlockType::F32) return float_gemm<S, F32Values<S>>(weight, x, y, scratch);
    if (type == BlockType::F16) return float_gemm<S, F16Values<S>>(weight, x, y, scratch);
    if (type == BlockType::BF16) return float_gemm<S, Bf16Values<S>>(weight, x, y, scratch);
}

template <class S>
std::size_t float_gemm_scratch_bytes_of(std::size_t n_tokens) {
    return (kFloatBlock + n_tokens) * kTileRowsOf<S> * sizeof(float);
}

/// The kernels of one kind of processor.
template <class S>
constexpr MatrixKernels matrix_kernels_of(const char* name) {
    return {.name = name,
            .round_groups = round_groups<S>,
            .gemv = gemv_of<S>,
            .gemm = gemm_of<S>,
            .gemm_scratch_bytes = gemm_scratch_bytes_of<S>,
            .float_gemv = float_gemv_of<S>,
            .float_gemm = float_gemm_of<S>,
            .float_gemm_scratch_bytes = float_gemm_scratch_bytes_of<S>};
}

// Each in a file of its own, compiled for its processor.
extern const MatrixKernels kGenericKernels;      // matrix_kernels_generic.cpp
extern const MatrixKernels kGenericWideKernels;  // the same at 512 bits
extern const MatrixKernels kAvx2Kernels;         // matrix_kernels_avx2.cpp
extern const MatrixKernels kAvx512Kernels;       // matrix_kernels_avx512.cpp

}  // namespace moe
