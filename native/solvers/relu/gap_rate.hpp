// How fast a solver's gap comes down.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonconvex {

/// Extrapolates the gap's logarithm from a look a while ago: at least 40 iterations, and a quarter of all.
struct ReluGapRate {
  /// How many more iterations to the tolerance; infinite while the gap stands still, 0 while that is not known.
  double iterationsLeft(int iteration, double gap, double tolerance) {
    if (last_.iteration < 0) last_ = earlier_ = {iteration, gap};
    const int span = iteration - earlier_.iteration;
    const double decrease = std::log(earlier_.gap / gap);
    const bool known = span >= 40 && std::isfinite(decrease);
    if (iteration - last_.iteration >= std::max(40, iteration / 4)) {
      earlier_ = last_;
      last_ = {iteration, gap};
    }
    if (!known || gap <= tolerance) return 0;
    if (decrease <= 0) return std::numeric_limits<double>::infinity();
    return std::log(gap / tolerance) * span / decrease;
  }

  int reports = 0;  ///< how many there were at the last look

 private:
  struct Look {
    int iteration = -1;
    double gap = 0;
  };
  Look earlier_, last_;
};

}  // namespace nonconvex
