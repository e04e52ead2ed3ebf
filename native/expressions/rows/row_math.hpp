// Elementary functions of either precision without calls and branches, so that loops over them become vectors.
#pragma once

#include "linalg/vector_math.hpp"

namespace nonconvex::row_math {

/// exp(x) - 1 for x <= 0, accurate near 0.
template <class T>
NONCONVEX_ALWAYS_INLINE T expm1OfNegative(T x) {
  const ReducedExp<T> e = reduceExp(x < ExpParts<T>::least ? ExpParts<T>::least : x);
  const T power = powerOfTwo<T>(e.k);
  return e.p * power + (power - 1);
}

/// (1 - e) / (1 + e), e = exp(-2 |x|), with the sign of x.
template <class T>
NONCONVEX_ALWAYS_INLINE T tanh(T x) {
  const T size = x < 0 ? -x : x;
  const T e = expm1OfNegative(-2 * size);
  const T value = -e / (2 + e);
  const T signedValue = x < 0 ? -value : value;
  return x == x ? signedValue : x;
}

template <class T>
NONCONVEX_ALWAYS_INLINE T sigmoid(T x) {
  const T e = vectorExp(x < 0 ? x : -x);
  const T value = (x < 0 ? e : T(1)) / (1 + e);
  return x == x ? value : x;
}

/// log(1 + exp(x))
template <class T>
NONCONVEX_ALWAYS_INLINE T softplus(T x) {
  const T e = vectorExp(x < 0 ? x : -x);
  const T value = (x > 0 ? x : T(0)) + static_cast<T>(vectorLog1p(e));
  return x == x ? value : x;
}

}  // namespace nonconvex::row_math
