// Robust training: networks whose loss under the worst perturbation of each row is least, certified.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/robust/certificate.hpp"
#include "solvers/relu/robust/program.hpp"

namespace nonconvex {

/// The robust convex program of Bai, Gautam and Sojoudi (2023, section 4): with c_k = sum_i D_ik (v_i - w_i),
///
///   minimise    sum_k worst loss of row k at c_k + lambda sum_i (||v_i|| + ||w_i||)
///   subject to  (2 D_i - I) X v_i >= radius ||v_i||_q, and the same for w_i,
///
/// so that no perturbation changes a neuron's pattern at a row, and the worst loss of the network is that of the
/// program. For hinge and logistic losses v_i is constrained at rows of y = -1 alone and w_i at those of y = 1: at the
/// others (x . v)_+ >= D x . v in any case, which is on the right side, so that the worst loss of the network is at
/// most that of the program, whose optimum is no larger. Solved by Douglas-Rachford splitting in b (d x 2P) and a (d x
/// n), as the program without an adversary is, but that all of c_k is split from the weights, not its product with the
/// row alone:
///
///   v      = prox(b):  p = the projection onto the robust cone, (1 - lambda / (rho ||p||))_+ p
///   c_k    = prox of the worst loss at a_k
///   (u, C) = the point with C = (U_v - U_w) D^T nearest to (2 v - b, 2 c - a) in rho ||.||^2 + sigma ||.||^2,
///            by a system of P unknowns for all columns, (rho I + 2 sigma D^T D) t = sigma (h - delta D^T) D
///   b     += relaxation (u - v),   a += relaxation (C - c)
///
/// Where c_k is a prox, minus a derivative of its loss is known in a form that stays in the dual's domain when scaled:
/// so every check has a lower bound.
class RobustReluSolver {
 public:
  RobustReluSolver(const Cpu& la, const ReluProblem& problem, const ReluSettings& settings);

  void start();
  std::optional<Status> step();
  ReluProgress progress();
  ReluSolution solution() const { return certificate_.solution(rho_); }
  std::string explain(Status /*status*/) const { return certificate_.explain(); }

 private:
  struct Tuning;

  void factor();
  void proxOfWeights();
  void proxOfRows();
  void projectOntoGraph();
  void balance();

  RobustProgram program_;
  RobustCertificate certificate_;
  std::vector<RobustCone> cones_;               // the cone of each group
  HostMatrix<double> b_, v_, vBefore_, u_;      // d x 2P
  HostMatrix<double> a_, c_, cBefore_, image_;  // d x n
  HostMatrix<double> factor_, right_, map_;     // P x P, P x d, d x P
  std::vector<WorstCase> worst_;                // the worst case of each row
  HostMatrix<double> directions_;               // d x n: minus derivatives of the losses
  double rho_ = 0, sigma_ = 0;
  int steps_ = 0, changed_ = 0;
  bool measured_ = true;
};

}  // namespace nonconvex
