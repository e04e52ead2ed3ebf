// The accuracy that the minimum of a quadratic is asked for.
#pragma once

#include <vector>

namespace nonconvex {

/// A minimum is reached where no violation of its conditions is larger than `violation` or, if the penalty is convex,
/// its gap is no larger than `gap`.
struct Goal {
  double violation = 0;
  double gap = 0;
  double scale = 0;  ///< size of the loss, beside which the gap is small
  /// Whether sweeps alone are to go there, which do so in less time where the goal is not far.
  bool sweepsOnly = false;
  /// Whether b is all that is asked for: by rows, steps as small as the violation are then taken for the end, and q is
  /// of no use afterwards.
  bool looseTolerance = false;
  /// Looks at all conditions in a row that find no smaller violation, after which that is all.
  int patience = 40;
};

/// A block that would leave 0 against its slope, with the coefficients it would go to.
struct Escape {
  int first;  ///< the first of its places
  std::vector<double> to;
  double change;  ///< change of the objective in the quadratic model
};

}  // namespace nonconvex
