#include "engine/kernels/matrix_kernels.h"

#include <string_view>

#include "engine/base/cpu_features.h"
#include "engine/kernels/matrix_kernels_of.h"

namespace moe {
namespace {

const MatrixKernels& choose_kernels() {
    const std::string_view wanted = isa_name();
#if defined(__x86_64__)
    for (const MatrixKernels* kernels : {&kAvx512Kernels, &kAvx2Kernels}) {
        if (wanted == kernels->name) return *kernels;
    }
#endif
    return kGenericKernels;
}

}  // namespace

const MatrixKernels& matrix_kernels() {
    static const MatrixKernels& chosen = choose_kernels();
    return chosen;
}

int known_matrix_kernels(KnownMatrixKernels (&out)[kMaxMatrixKernels]) {
    int n = 0;
    out[n++] = {&kGenericKernels, true};
    out[n++] = {&kGenericWideKernels, true};
#if defined(__x86_64__)
    out[n++] = {&kAvx2Kernels, has_isa(kAvx2Kernels.name)};
    out[n++] = {&kAvx512Kernels, has_isa(kAvx512Kernels.name)};
#endif
    return n;
}

bool has_block_kernel(BlockType type) { return block_layout(type).values > 1; }

}  // namespace moe
