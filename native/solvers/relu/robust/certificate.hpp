// The proofs of a run of RobustReluSolver: the best network, its worst loss, and a lower bound.
#pragma once

#include <string>
#include <vector>

#include "solvers/relu/robust/program.hpp"

namespace nonconvex {

/// The best feasible point and the best dual point that a run has met; before the first, the network without neurons.
class RobustCertificate {
 public:
  explicit RobustCertificate(const RobustProgram& program);

  /// Makes room for the patterns of the program, once these are chosen.
  void start();

  /// Takes v, moved into its cones where rounding left it outside, if its objective is the least so far. `image`, d x
  /// n, is overwritten.
  void offerPoint(Mat<const double> v, std::vector<RobustCone>& cones, Mat<double> image);
  /// Takes the multipliers of the rows, scaled until no weight of a robust cone gains from them, if they improve the
  /// lower bound. `directions`, d x n, are minus derivatives of the losses; `work`, d x 2P, is overwritten.
  void offerBound(const std::vector<WorstCase>& worst, Mat<const double> directions, Mat<double> work);

  void report(ReluProgress& now) const;
  std::string explain() const;
  ReluSolution solution(double rho) const;

 private:
  struct Tuning;

  double gap() const { return objective_ > 0 ? (objective_ - lowerBound_) / objective_ : 0; }
  double worstLoss(Mat<const double> weights, Mat<double> image);
  double cleanLoss() const;
  void writeNetwork(ReluSolution& s) const;

  const RobustProgram& program_;
  std::vector<RobustCone> dualCones_;   // one cone for each group
  HostMatrix<double> best_, feasible_;  // d x 2P
  HostMatrix<double> map_, slopes_;     // d x P
  std::vector<double> losses_, norms_;  // loss of each row; norm of each group
  double objective_ = 0, lowerBound_ = 0, bestLoss_ = 0, feasibility_ = 0;
  HostBuffer<double> dual_;  // n: tau
};

}  // namespace nonconvex
