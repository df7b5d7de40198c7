#pragma once

/// Compiles a function once for each common vector width and picks one when the program is loaded. The
/// order of every sum is written in the source and multiply-adds are not contracted, so that all versions
/// give the same bits. Sanitizers do not run before the choice is made: there is one version under them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define MOE_TARGET_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define MOE_TARGET_CLONES
#endif
