// How a column or a row stands in a basis of the simplex method.
#pragma once

#include <cstdint>

namespace nonconvex {

/// How an item, a column or a row's slack, stands in a basis.
struct BasisSide {
  enum : std::uint8_t { basic, atLower, atUpper, freeAtZero };
};

}  // namespace nonconvex
