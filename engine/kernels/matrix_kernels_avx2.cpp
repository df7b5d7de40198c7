#if defined(__x86_64__)

#include "engine/kernels/matrix_kernels_of.h"
#include "engine/kernels/simd_avx2.h"

namespace moe {

extern const MatrixKernels kAvx2Kernels = matrix_kernels_of<Avx2Simd>("avx2");

}  // namespace moe

#endif
