// The largest price of a neuron: max over ||u|| <= 1 of |theta^T (X u)_+|, between bounds that hold whatever rounding
// does. At theta = minus the gradient of the loss it says how far a network is from the best of all networks.
#pragma once

#include <cstdint>
#include <limits>

#include "linalg/cpu.hpp"

namespace nonconvex {

struct PricingLimits {
  struct Tuning {
    /// safeguard: Rows with more columns are refused: the number of cones grows as a power of the columns.
    static constexpr int mostColumns = 6;
  };

  double tolerance = 1e-6;            ///< wanted: upper - lower <= tolerance upper
  std::int64_t maxNodes = 2'000'000;  ///< cones that are looked at, about
};

/// lower <= max over ||u|| <= 1 of |theta^T (X u)_+| <= upper.
struct PricingBound {
  double lower = 0;              ///< sign theta^T (X u)_+ at u = direction, less what rounding may have added
  double upper = 0;              ///< above the value at every u, rounding included
  HostBuffer<double> direction;  ///< d numbers of length 1
  double sign = 1;               ///< 1, or -1 where -theta^T (X u)_+ is larger
  std::int64_t nodes = 0;        ///< cones that were looked at
  bool exact = false;            ///< whether upper - lower is within the tolerance
};

/// Bounds the largest price by branch and bound over simplicial cones (docs/relu.md, Bounds for all networks). `xt` is
/// d x n with column k the row x_k, a bias's column of ones included; d at most `PricingLimits::Tuning::mostColumns`,
/// else a RangeError. Columns of `candidates` (d x any) are directions that may be good ones, such as the neurons of
/// the network. The same for any number of threads. Throws Interrupted by la.checkpoint().
PricingBound pricingBound(const Cpu& la, Mat<const double> xt, Vec<const double> theta, Mat<const double> candidates,
                          const PricingLimits& limits = {});

}  // namespace nonconvex
