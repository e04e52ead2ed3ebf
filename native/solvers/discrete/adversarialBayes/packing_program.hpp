// The linear program of chances under constraints on sets of rows.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/dual_simplex/dual_simplex.hpp"

namespace nonconvex {

/// max sum_i w_i q_i over 0 <= q <= 1 with sum_{i in C} q_i <= 1 for all sets C that were added.
class PackingProgram {
 public:
  explicit PackingProgram(std::vector<double> weights);

  void add(std::vector<int> set);
  /// Solves the program with all sets; returns false where rounding errors keep it from that.
  bool solve(const Cpu& la);

  std::span<const double> q() const { return q_; }
  const std::vector<std::vector<int>>& sets() const { return sets_; }
  /// A price p >= 0 of each set.
  std::span<const double> prices() const { return prices_; }

 private:
  DualSimplex program_;
  std::vector<std::vector<int>> sets_;
  std::vector<double> q_, prices_;
};

}  // namespace nonconvex
