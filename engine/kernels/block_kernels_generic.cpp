#include "engine/kernels/block_kernels_of.h"

namespace moe {

extern const BlockKernels kGenericKernels = block_kernels_of<GenericSimd<1>>("generic");
extern const BlockKernels kGenericWideKernels = block_kernels_of<GenericSimd<2>>("generic at 512 bits");

}  // namespace moe
