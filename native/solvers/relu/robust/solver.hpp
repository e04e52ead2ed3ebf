// Robust training: networks whose loss under the worst perturbation of each row is least, certified.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/relu/data.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/robust/cone.hpp"
#include "solvers/relu/worst_case_loss.hpp"

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
  ReluSolution solution() const;
  std::string explain(Status status) const;

 private:
  int groups() const { return 2 * patterns_; }
  double sign(int g) const { return g < patterns_ ? 1 : -1; }
  RobustCone coneOf(int g) const;

  void choosePatterns();
  HostMatrix<double> gatesWithShifts() const;
  void findRoom();
  void keepPatternsWithRoom();
  void factor();
  void proxOfWeights();
  void proxOfRows();
  void projectOntoGraph();
  void balance();
  void certify();
  void offerBound();
  double worstLoss(Mat<const double> weights);
  double cleanLoss() const;
  double gap() const { return objective_ > 0 ? (objective_ - lowerBound_) / objective_ : 0; }

  const Cpu& la_;
  ReluSettings settings_;
  ReluData data_;
  ReluAdversary adversary_;
  int inputs_;
  WorstCaseLoss loss_;
  int found_ = 0;                                // patterns, of which those with room for the adversary remain
  int patterns_ = 0;                             // P
  HostMatrix<double> gates_, masks_, interior_;  // d x P, n x P, d x 2P
  std::vector<char> ofPositive_, ofNegative_;    // rows that constrain v and w
  std::vector<char> room_;                       // by group: whether its cone has an interior
  std::vector<RobustCone> cones_, dualCones_;    // by group
  HostMatrix<double> b_, v_, vBefore_, u_;       // d x 2P
  HostMatrix<double> a_, c_, cBefore_, image_;   // d x n
  HostMatrix<double> factor_, right_;            // P x P, P x d
  std::vector<WorstCase> worst_;
  HostMatrix<double> directions_, slopes_;  // d x n: minus derivatives of the losses; d x P
  double rho_ = 0, sigma_ = 0;
  int steps_ = 0, changed_ = 0;
  bool measured_ = true;

  HostMatrix<double> best_, feasible_, map_;  // d x 2P, the same, d x P
  std::vector<double> losses_, norms_;        // by row; by group
  double objective_ = 0, lowerBound_ = 0, bestLoss_ = 0, feasibility_ = 0;
  HostBuffer<double> dual_;  // n: tau
};

}  // namespace nonconvex
