#pragma once

namespace moe {

/// The program's version, as in the top CMakeLists.txt.
inline constexpr const char* kProgramVersion = "0.1.0";

}  // namespace moe
