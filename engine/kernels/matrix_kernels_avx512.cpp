#if defined(__x86_64__)

#include "engine/kernels/matrix_kernels_of.h"
#include "engine/kernels/simd_avx512.h"

namespace moe {

extern const MatrixKernels kAvx512Kernels = matrix_kernels_of<Avx512Simd>("avx512vnni");

}  // namespace moe

#endif
