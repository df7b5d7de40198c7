#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/quant/block_types.h"

namespace moe {

/// Consecutive rows of a weight matrix of a block type, in place.
struct BlockRows {
    const std::uint8_t* data = nullptr;
    std::size_t row_bytes = 0;
    std::size_t n_rows = 0;
};

/// Activations as QuantizedView has them; n_values is a multiple of 256 and at least what a row of weights
/// has.
struct RoundedRows {
    const std::int8_t* q = nullptr;
    const float* scale = nullptr;
    const std::int32_t* sum32 = nullptr;
    const std::int32_t* sum16 = nullptr;
    std::size_t n_rows = 0;
    std::size_t n_values = 0;
};

/// Where rounded groups of 32 values go, as RoundedRows has them.
struct RoundedGroups {
    std::int8_t* q = nullptr;
    float* scale = nullptr;
    std::int32_t* sum32 = nullptr;
    std::int32_t* sum16 = nullptr;
};

/// Activations as floats.
struct FloatRows {
    const float* data = nullptr;
    std::size_t stride = 0;
    std::size_t n_rows = 0;
    std::size_t n_values = 0;
};

/// Where products go: out[token * stride + row].
struct ProductRows {
    float* data = nullptr;
    std::size_t stride = 0;
};

/// Matrix products for one kind of processor: of 8-bit activations with weights of block types, and of floats
/// with weights that have no blocks. Plain C calls, since nothing else may be shared between files that are
/// compiled for different processors. All run on the calling thread; a token's product has the same bits in
/// any company.
struct MatrixKernels {
    const char* name;  ///< as `isa_name` gives it

    /// Rounds activations for the products with blocks. The same bits of every set.
    void (*round_groups)(const float* x, std::size_t n_groups, const RoundedGroups& out);

    /// For few tokens: each weight is used in registers as soon as it is read.
    void (*gemv)(BlockType type, const BlockRows& weight, const RoundedRows& x, const ProductRows& y);

    /// For many tokens: a tile of rows is decoded to bytes in `scratch`, then multiplied with all tokens.
    void (*gemm)(BlockType type, const BlockRows& weight, const RoundedRows& x, const ProductRows& y,
                 void* scratch);
    /// Bytes of scratch that `gemm` needs for rows of n_values weights; 64-byte aligned.
    std::size_t (*gemm_scratch_bytes)(std::size_t n_values);

    /// For few tokens and weights without blocks (F32, F16, BF16).
    void (*float_gemv)(BlockType type, const BlockRows& weight, const FloatRows& x, const ProductRows& y);

    /// For many tokens and weights without blocks.
    void (*float_gemm)(BlockType type, const BlockRows& weight, const FloatRows& x, const ProductRows& y,
                       void* scratch);
    /// Bytes of scratch that `float_gemm` needs for n_tokens; 64-byte aligned.
    std::size_t (*float_gemm_scratch_bytes)(std::size_t n_tokens);
};

/// Those of `isa_name`.
const MatrixKernels& matrix_kernels();

/// Every set that this build has, also those that this processor cannot run and the plain ones of both
/// widths, for tests.
struct KnownMatrixKernels {
    const MatrixKernels* kernels;
    bool is_native;  ///< this processor can run it
};
inline constexpr int kMaxMatrixKernels = 4;
int known_matrix_kernels(KnownMatrixKernels (&out)[kMaxMatrixKernels]);

/// Whether weights of this type are multiplied with 8-bit activations.
bool has_block_kernel(BlockType type);

}  // namespace moe
