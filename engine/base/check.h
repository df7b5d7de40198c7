#pragma once

#include <cstdio>
#include <cstdlib>

/// Stops the program with file and line when `condition` is false. For bugs only, always on; what a
/// file or a person can cause is a `Result`.
#define MOE_CHECK(condition)                                                                        \
    do {                                                                                            \
        if (!(condition)) [[unlikely]] {                                                            \
            std::fprintf(stderr, "moescope: bug at %s:%d: %s\n", __FILE__, __LINE__, #condition);   \
            std::abort();                                                                           \
        }                                                                                           \
    } while (false)
