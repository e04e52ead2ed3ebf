#pragma once

#include <vector>

#include "solvers/fractional/data.hpp"

namespace nonconvex {

/// `settings.restarts` + 1 points with a positive denominator: the given one or the best of those that the data
/// suggests, then more of these, then random ones; fewer where the solve is to end. A RangeError if no start is found.
std::vector<std::vector<double>> fractionalStarts(const Cpu& la, const FractionalData& data,
                                                  const FractionalSettings& settings);

}  // namespace nonconvex
