// Deep linear networks with weight decay: the global optimum, by its closed form or a convex program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/monitor.hpp"
#include "core/numbers.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "linalg/jacobi_svd.hpp"
#include "methods/splitting/penalty_balance.hpp"
#include "methods/splitting/shifted_factor.hpp"
#include "solvers/deepLinear/closed_form.hpp"
#include "solvers/deepLinear/problem.hpp"

namespace nonconvex {

/// minimise ||X W_1 ... W_L - Y||^2 / 2 + (lambda / 2) sum_l ||W_l||_F^2, or the same for a sum of such products with
/// ||W_l||_F^L for each. For a product Z with singular values t the regulariser is at best (lambda L / 2) sum_k
/// t_k^(2 / L), for a sum (lambda L / 2) sum_k t_k, so that what is solved is
///
///   minimise ||X Z - Y||^2 / 2 + penalty(t(Z)).
///
/// With X^T X = s^2 I there is a closed form for each t_k. Else, if the penalty is the nuclear norm, ADMM with Z kept
/// apart from its copy U: (I + X^T X / rho) U = X^T Y / rho + Z - D, and Z = the copy plus D with singular values made
/// smaller by weight / rho. The dual is max <Theta, Y> - ||Theta||^2 / 2 with ||X^T Theta||_2 <= weight, and a multiple
/// of the residual is feasible.
///
/// Y. Wang, T. Ergen, M. Pilanci, "Parallel deep neural networks have zero duality gap", ICLR 2023.
class LinearNetworkSolver {
 public:
  LinearNetworkSolver(const Cpu& la, const DeepLinearProblem& problem, const DeepLinearSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress();
  DeepLinearSolution solution() const;

 private:
  int n() const { return problem_.x.rows; }
  int d() const { return problem_.x.columns; }
  int c() const { return target_.cols(); }
  bool orthogonal() const { return spread_ <= Tuning::mostSpread * square(scale_); }

  bool read();
  void measureColumns();
  void takeClosedForm();
  void begin();
  void compose();
  void balance();
  void measure();
  void offerBound();
  double gap(double bound) const;

  struct Tuning {
    /// rounding: largest deviation of X^T X from a multiple of I, relative to it, that the bound of a
    /// closed form makes up for.
    static constexpr double mostSpread = 1e-10;
    static constexpr double relaxation = 1.6;  ///< published: OSQP's alpha, the relaxation factor of ADMM
    static constexpr int balanceEvery = 20;    ///< measured: steps between changes of rho
    /// rounding: error of a bound, beside the terms that it is made of.
    static constexpr double roundingOfBound = 16 * machineEpsilon;
  };

  const Cpu& la_;
  const DeepLinearProblem& problem_;
  SpectralPenalty penalty_;
  std::uint64_t seed_;
  double scale_ = 0;        // s
  double spread_ = 0;       // ||X^T X - s^2 I||_F
  HostMatrix<double> own_;  // X^T where it was not in double precision
  Mat<const double> xt_;    // d x n
  HostMatrix<double> y_;    // n x c
  double targetSquares_ = 0;
  ShiftedFactor<Cpu> factor_;                     // factor of I + X^T X / rho
  HostMatrix<double> target_;                     // X^T Y
  HostMatrix<double> z_, copy_, multiplier_;      // Z, U, D
  HostMatrix<double> right_;                      // right-hand side of the system of U
  HostMatrix<double> residual_, slope_, before_;  // Y - X Z; X^T residual; Z of the step before
  JacobiSvd svd_, slopeSvd_;
  std::vector<double> t_;  // singular values of Z, as svd_ has them
  double rho_ = 0;
  PenaltyBalance balance_{{.least = 0.5, .most = 2}};  // compared with the root of the ratio
  int steps_ = 0;
  double bestObjective_ = 0, lowerBound_ = 0, dual_ = 0;
  bool closedForm_ = false, measured_ = false;
  HostMatrix<double> bestLeft_, bestRight_;
  std::vector<double> best_;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class DeepLinearSolver : public LinearNetworkSolver {
 public:
  static constexpr bool buildsUnread = true;

  using LinearNetworkSolver::LinearNetworkSolver;
};

}  // namespace nonconvex
