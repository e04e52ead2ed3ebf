// Random numbers for tests.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.hpp"

/// Standard normal numbers.
inline std::vector<double> normals(int count, std::uint64_t seed) {
  std::vector<double> made;
  const nonconvex::Random random(seed);
  for (int k = 0; k < count; ++k) made.push_back(random.normal(static_cast<std::uint64_t>(k)));
  return made;
}
