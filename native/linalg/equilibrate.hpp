// Symmetric equilibration S A S with a diagonal S of powers of two, so that scaling is exact.
#pragma once

#include <bit>
#include <cstdint>

namespace nonconvex {

/// The power of two next to 1 / sqrt(x); 1 for 0, NaN and infinity.
inline double inverseRoot(double x) {
  constexpr int bias = 1023;
  const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52 & 2047);
  if (x == 0 || exponent == 2047) return 1;
  const int half = (exponent - bias) / 2;  // a denormal x counts as the least normal number
  return std::bit_cast<double>(static_cast<std::uint64_t>(bias - half) << 52);
}

}  // namespace nonconvex
