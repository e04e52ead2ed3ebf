// How fast a solver's gap comes down.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonconvex {

/// Extrapolates the gap's logarithm from a look at least 40 iterations ago.
struct ReluGapRate {
  /// Takes in the best objective and the best bound of the iterates themselves.
  void takeIn(double objective, double bound) {
    objective_ = std::min(objective_, objective);
    bound_ = std::max(bound_, bound);
  }

  /// How many more iterations from a gap, which what follows the iterates may have made smaller than theirs, to the
  /// tolerance; infinite while the iterates' gap stands still, 0 while that is not known.
  double iterationsLeft(int iteration, double from, double tolerance) {
    const double gap = (objective_ - bound_) / objective_;
    if (last_.iteration < 0) last_ = earlier_ = {iteration, gap};
    const int span = iteration - earlier_.iteration;
    const double decrease = std::log(earlier_.gap / gap);
    const bool known = span >= Tuning::leastSpan && std::isfinite(decrease);
    if (iteration - last_.iteration >= Tuning::leastSpan) {
      earlier_ = last_;
      last_ = {iteration, gap};
    }
    if (!known || from <= tolerance) return 0;
    if (decrease <= 0) return std::numeric_limits<double>::infinity();
    return std::log(from / tolerance) * span / decrease;
  }

  int reports = 0;  ///< how many there were at the last look

 private:
  struct Tuning {
    /// measured: Iterations from one look at the gap to the next.
    static constexpr int leastSpan = 40;
  };
  struct Look {
    int iteration = -1;
    double gap = 0;
  };
  Look earlier_, last_;
  double objective_ = std::numeric_limits<double>::infinity();
  double bound_ = 0;
};

}  // namespace nonconvex
