// The outputs of a network at rows that it was not trained on.
#pragma once

#include <vector>

#include "solvers/relu/problem.hpp"

namespace nonconvex {

/// The rows of a problem that are not among `rows`.
class ReluHeldOutOutputs {
 public:
  /// The arrays of the problem must outlive this.
  ReluHeldOutOutputs(const ReluProblem& problem, const ReluSettings& settings);

  /// Fills `leftOut` of a solution, if rows were left out.
  void write(ReluSolution& solution) const;

 private:
  void writeRow(int row, const ReluSolution& s, std::vector<double>& z, std::vector<double>& hidden, double* out) const;

  const double* x64_;
  const float* x32_;
  int d_;
  bool gated_;
  bool bias_;
  std::vector<int> rows_;
};

}  // namespace nonconvex
