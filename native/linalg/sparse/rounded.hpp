// Arithmetic that is the same whether or not the processor has fused operations.
#pragma once

#define NONCONVEX_INLINE inline __attribute__((always_inline))

namespace nonconvex {

/// A product that is rounded before it is added to something, as in code for processors without fused operations.
NONCONVEX_INLINE double rounded(double product) {
#if defined(__x86_64__) && defined(__GNUC__)
  asm("" : "+x"(product));
#elif defined(__aarch64__) && defined(__GNUC__)
  asm("" : "+w"(product));
#endif
  return product;
}

}  // namespace nonconvex
