// Vectors of numbers as wide as a cache line, with lanes of their own.
#pragma once

namespace nonconvex {

/// `Wide<T>::Vector` holds `lanes` numbers, which the compiler keeps in as many registers as the processor needs;
/// `InMemory` is one at any address that a T may have.
template <class T>
struct Wide;

template <>
struct Wide<double> {
  static constexpr int lanes = 8;
  using Vector = double __attribute__((vector_size(64)));
  typedef double InMemory __attribute__((vector_size(64), aligned(8), may_alias));
};

template <>
struct Wide<float> {
  static constexpr int lanes = 16;
  using Vector = float __attribute__((vector_size(64)));
  typedef float InMemory __attribute__((vector_size(64), aligned(4), may_alias));
};

}  // namespace nonconvex
