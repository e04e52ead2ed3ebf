// The columns of `learnDag`: means, deviations, correlations.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/views.hpp"
#include "solvers/discrete/learnDag/problem.hpp"

namespace nonconvex {

class DagColumns {
 public:
  /// Reads and checks x: a RangeError names a column that is constant, or depends on others. Checkpoints, so that it is
  /// for `start()`.
  void read(const Cpu& la, const LearnDagProblem& problem);

  int rows() const { return n_; }
  int count() const { return d_; }
  double mean(int j) const { return mean_[static_cast<std::size_t>(j)]; }
  /// The standard deviation of column j, divided by n.
  double deviation(int j) const { return deviation_[static_cast<std::size_t>(j)]; }
  double variance(int j) const { return deviation(j) * deviation(j); }
  /// Column j of the d x d correlations.
  const double* correlations(int j) const { return correlation_.column(j); }
  /// The share of the variance that all other columns leave of the one that they explain best.
  double leastShare() const { return leastShare_; }

 private:
  struct Tuning;
  void standardize(const Cpu& la, const MatrixInput& x, HostMatrix<double>& columns);
  void checkDependence();

  int n_ = 0, d_ = 0;
  std::vector<double> mean_, deviation_;
  HostMatrix<double> correlation_;
  double leastShare_ = 1;
};

}  // namespace nonconvex
