#include "engine/kernels/block_kernels.h"

#include <string_view>

#include "engine/base/cpu_features.h"
#include "engine/kernels/block_kernels_of.h"

namespace moe {
namespace {

const BlockKernels& choose_kernels() {
    const std::string_view wanted = isa_name();
#if defined(__x86_64__)
    for (const BlockKernels* kernels : {&kAvx512Kernels, &kAvx2Kernels}) {
        if (wanted == kernels->name) return *kernels;
    }
#endif
    return kGenericKernels;
}

}  // namespace

const BlockKernels& block_kernels() {
    static const BlockKernels& chosen = choose_kernels();
    return chosen;
}

int known_block_kernels(KnownBlockKernels (&out)[kMaxBlockKernels]) {
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
