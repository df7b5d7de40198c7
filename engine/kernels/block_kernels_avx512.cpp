#if defined(__x86_64__)

#include "engine/kernels/block_kernels_of.h"
#include "engine/kernels/simd_avx512.h"

namespace moe {

extern const BlockKernels kAvx512Kernels = block_kernels_of<Avx512Simd>("avx512vnni");

}  // namespace moe

#endif
