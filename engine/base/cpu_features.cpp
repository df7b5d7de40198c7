#include "engine/base/cpu_features.h"

#include <array>
#include <cstdlib>

namespace moe {

bool has_isa(std::string_view name) {
    if (name == "generic") return true;
#if defined(__x86_64__)
    const bool has_avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (name == "avx2") return has_avx2;
    if (name == "avx512vnni") {
        return has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vnni");
    }
#endif
    return false;
}

const char* isa_name() {
    static constexpr std::array kBestFirst = {"avx512vnni", "avx2", "generic"};
    if (const char* const wanted = std::getenv("MOESCOPE_ISA")) {
        for (const char* const name : kBestFirst) {
            if (std::string_view(name) == wanted && has_isa(name)) return name;
        }
    }
    for (const char* const name : kBestFirst) {
        if (has_isa(name)) return name;
    }
    return kBestFirst.back();
}

}  // namespace moe
