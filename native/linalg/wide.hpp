// Vectors as wide as the processor has, for functions whose sums have to stay in its registers.
#pragma once

#include "core/multiversion.hpp"

namespace nonconvex {

/// `Vector` holds `lanes` numbers in `Bytes` bytes; `InMemory` is one at any address that a T may have.
template <class T, int Bytes>
struct Wide {
  static constexpr int lanes = Bytes / static_cast<int>(sizeof(T));
  typedef T Vector __attribute__((vector_size(Bytes)));
  typedef T InMemory __attribute__((vector_size(Bytes), aligned(alignof(T)), may_alias));
};

}  // namespace nonconvex

// Defines a function whose body knows as `bytes` how wide the processor's vectors are. GCC makes scalars of wider ones:
// a body of 64 bytes ran at a twentieth of the speed where there are 32. Clang splits them. Callers must see the
// definition, or they call the version for any processor.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__) && \
    !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define NONCONVEX_BY_WIDTH(declaration, ...)              \
  __attribute__((target("arch=x86-64-v4"))) declaration { \
    constexpr int bytes = 64;                             \
    __VA_ARGS__;                                          \
  }                                                       \
  __attribute__((target("arch=x86-64-v3"))) declaration { \
    constexpr int bytes = 32;                             \
    __VA_ARGS__;                                          \
  }                                                       \
  __attribute__((target("default"))) declaration {        \
    constexpr int bytes = 16;                             \
    __VA_ARGS__;                                          \
  }
#elif defined(__clang__)
#define NONCONVEX_BY_WIDTH(declaration, ...) \
  NONCONVEX_CLONES declaration {             \
    constexpr int bytes = 32;                \
    __VA_ARGS__;                             \
  }
#else
#define NONCONVEX_BY_WIDTH(declaration, ...) \
  declaration {                              \
    constexpr int bytes = 16;                \
    __VA_ARGS__;                             \
  }
#endif
