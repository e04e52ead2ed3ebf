// The data of a two-layer ReLU training problem, checked and brought into the shape that the solver works on.
#pragma once

#include "linalg/cpu.hpp"
#include "parts/losses.hpp"
#include "parts/patterns.hpp"
#include "solvers/relu_problem.hpp"

namespace nonconvex {

/// Rows are scaled by one power of two and, where asked for, columns by their norms. With x' = x diag(columnScale)^{-1} the
/// program over x' with weights v' is the one over x with v = diag(columnScale)^{-1} v'.
struct ReluData {
  ReluData(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings);

  int n;                           ///< rows
  int d;                           ///< columns, the bias included
  int c;                           ///< outputs
  HostMatrix<double> xt;           ///< d x n: column k is row k of the scaled data
  HostMatrix<double> y;            ///< n x c
  HostBuffer<double> columnScale;  ///< d
  HostBuffer<double> inputScale;   ///< of the user's columns, as in ReluSolution
  double rowScale;                 ///< the power of two: xt = x / (inputScale rowScale)
  Patterns patterns;               ///< gates act on the columns of xt
  bool exact;                      ///< the patterns are all that exist
  double beta;                     ///< of the penalty on scaled weights
  Loss loss;
};

}  // namespace nonconvex
