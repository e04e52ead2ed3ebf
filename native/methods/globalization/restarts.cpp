#include "methods/globalization/restarts.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"

namespace nonconvex {

struct Restarts::Tuning {
  static constexpr int largeOrder = 100;   ///< measured: n + m above which only few restarts are tried
  static constexpr int fewRestarts = 6;    ///< measured: restarts of large problems
  static constexpr int manyRestarts = 20;  ///< measured: restarts of other problems
};

Restarts::Restarts(int n, int m, std::uint64_t seed)
    : most_(1 + (n + m > Tuning::largeOrder ? Tuning::fewRestarts : Tuning::manyRestarts)),
      seed_(seed),
      start_(static_cast<std::size_t>(n)) {}

bool Restarts::next(std::span<double> x) {
  // Each x_j moves by half of radius max(1, |x_j|) at least, radius from 0.1 to 102.
  constexpr int radii = 6;
  constexpr double nearest = 0.1;
  constexpr double growth = 4;
  if (count_ >= most_) return false;
  const int other = count_++;
  std::copy(start_.begin(), start_.end(), x.begin());
  if (other == 0) return true;
  const double radius = nearest * std::pow(growth, (other - 1) % radii);
  const Random random(seed_, static_cast<std::uint32_t>(other));
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double u = 2 * random.uniform(j) - 1;
    x[j] += radius * std::max(1.0, std::abs(start_[j])) * 0.5 * (u + std::copysign(1.0, u));
  }
  return true;
}

}  // namespace nonconvex
