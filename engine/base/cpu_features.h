#pragma once

#include <string_view>

namespace moe {

/// Whether this processor has the vector instructions that a name stands for: "avx512vnni" (AVX-512 F, BW,
/// VL, DQ and VNNI), "avx2" (with FMA and F16C) or "generic" (always).
bool has_isa(std::string_view name);

/// The most of these that this processor has, or the one that the environment variable MOESCOPE_ISA names
/// if this processor has it.
const char* isa_name();

}  // namespace moe
