#pragma once

#include <cstddef>  // says which C library there is

// A function compiled for several processors; the best one is chosen when the program loads or, where the linker cannot
// do that, at each call, since the prebuilt binary is for an old one. The choice is made before the thread sanitizer is
// ready for it; to the address sanitizer one version says as much as three, which take three times as long to compile.
// NONCONVEX_CLANG_CLONES: what CMake found of Clang. On arm64 every processor has the vectors of two numbers that are
// used.
#if defined(NONCONVEX_CLANG_CLONES) ||                                                        \
    (defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__) && \
     !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__))
#define NONCONVEX_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NONCONVEX_CLONES
#endif
