// The numbers, and the one function of them, that most of the mathematics needs.
#pragma once

#include <limits>

namespace nonconvex {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double machineEpsilon = std::numeric_limits<double>::epsilon();  // 2^-52

inline double square(double x) { return x * x; }

}  // namespace nonconvex
