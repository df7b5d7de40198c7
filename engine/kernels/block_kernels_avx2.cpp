#if defined(__x86_64__)

#include "engine/kernels/block_kernels_of.h"
#include "engine/kernels/simd_avx2.h"

namespace moe {

extern const BlockKernels kAvx2Kernels = block_kernels_of<Avx2Simd>("avx2");

}  // namespace moe

#endif
