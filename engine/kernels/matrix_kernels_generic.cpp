#include "engine/kernels/matrix_kernels_of.h"

namespace moe {

extern const MatrixKernels kGenericKernels = matrix_kernels_of<GenericSimd<1>>("generic");
extern const MatrixKernels kGenericWideKernels = matrix_kernels_of<GenericSimd<2>>("generic at 512 bits");

}  // namespace moe
