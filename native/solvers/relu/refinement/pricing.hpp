// The pricing problem of networks of any width: max |theta^T (X u)_+| over ||u|| <= 1, by ascent from many starts.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"

namespace nonconvex {

/// Directions of unit length with what they are worth: values_j = sign_j theta_k^T (X u_j)_+ of output k = outputs_j.
struct ReluPrices {
  HostMatrix<double> directions;  ///< d x N
  std::vector<double> values;
  std::vector<std::int32_t> outputs;
  std::vector<std::int8_t> signs;

  int count() const { return static_cast<int>(values.size()); }
  /// The largest value; 0 if the list is empty.
  double largest() const;
};

/// Ascends s theta_k^T (X u)_+ from each start (of any length but 0, with its output and sign) to a local maximum.
/// theta is n x c. After `seconds` seconds those that have not begun are dropped, all but the first ones, and the
/// others stay where they are.
void ascendPrices(const Cpu& la, const ReluData& data, Mat<const double> theta, ReluPrices& starts,
                  double seconds = std::numeric_limits<double>::infinity());

/// -loss*(-t theta), t the best factor by which no price is above lambda when the largest is `largest`: a lower bound
/// for all networks if that is the maximum.
double scaledDualValue(const ReluData& data, Mat<const double> theta, double largest);

}  // namespace nonconvex
