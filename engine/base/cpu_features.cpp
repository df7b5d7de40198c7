#include "engine/base/cpu_features.h"

namespace moe {

const char* isa_name() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") != 0) return "avx512vnni";
    if (__builtin_cpu_supports("avx2") != 0) return "avx2";
#endif
    return "generic";
}

}  // namespace moe
