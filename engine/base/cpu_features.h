#pragma once

namespace moe {

/// The widest vector instructions of this processor that matter here: "avx512vnni", "avx2" or "generic".
const char* isa_name();

}  // namespace moe
