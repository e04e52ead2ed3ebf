// Newton's method on the active neurons and active cone constraints of the convex program of two-layer ReLU networks.
#pragma once

#include "linalg/cpu.hpp"
#include "solvers/relu/engines/newton_system.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// The proximal point method on
///   minimise  loss(F v) + lambda sum_j ||v_j||   subject to  v_j in the cone K_j
/// with each of its problems, loss(F v) + lambda sum_j ||v_j|| + rho/2 ||v - centre||^2, solved by Newton's method on
/// the dual: X. Li, D. Sun, K.-C. Toh, "A highly efficient semismooth Newton augmented Lagrangian method for solving
/// lasso problems", SIAM J. Optim. 28(1), 2018; there the penalty is the l1 norm, here a norm on a cone.
///
/// The dual point is written theta = -loss'(f), so that it stays in the conjugate's domain, with f the unknown:
///   v = prox(centre + F^T theta / rho),   r = F v - f = 0.
/// The proximal step's derivative at a neuron p = Proj(b), ||p|| > lambda / rho, has the active normals in its null
/// space and acts as (1 - a) I + a w w^T on what is orthogonal to them: w = p / ||p||, a = lambda / (rho ||p||). So
/// with B a matrix of as many columns as the active neurons have free dimensions, and W the loss's second derivative,
///   (I + B B^T W) df = r,
/// a system of the size of the rows or of B's columns, whichever is less. Projections find which rows are active and
/// the norm's threshold which neurons are, in any number at a step; nothing is assumed of them, so repeated or
/// vanishing rows do no harm. The merit function of the line search is the dual objective of the proximal problem.
///
/// Every v is feasible and every theta a dual point: after a step `prox` holds v and F v.
class ReluActiveSetNewton {
 public:
  using In = Mat<const double>;

  /// All must outlive this; the proximal step must have its cones, and blocks of one column.
  ReluActiveSetNewton(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, ReluProx<Cpu>& prox);

  /// Returns true if the loss has the second derivatives, or generalised ones, that the method is made of.
  static bool supports(ReluLoss loss) { return loss != ReluLoss::hinge; }

  /// Begins at weights v, d x columns, and the dual point of predictions f, n x c, which need not be F v.
  void start(In v, In f, double rho);
  /// One step of Newton's method, after the proximal problem's centre was moved if that problem is solved. False where
  /// no step makes progress.
  bool step();

  /// How many of ADMM's iterations the next step takes the time of, and the bytes that it needs, by the last v of the
  /// proximal step.
  double iterations() { return system_.iterations(); }
  double bytes() { return system_.bytes(); }

  double rho() const { return rho_; }
  In b() const { return b_; }          ///< d x columns: v = prox(b)
  In theta() const { return theta_; }  ///< n x c
  In q() const { return q_; }          ///< F^T theta, the columns of the first sign
  /// How far the proximal problem's point is from its centre.
  double distance() const;

 private:
  struct Tuning;

  void evaluate();
  void place();
  bool solved() const;
  void moveCentre();
  bool search(double slope);

  const Cpu& la_;
  const ReluData& data_;
  const ReluMap<Cpu>& map_;
  ReluProx<Cpu>& prox_;
  ReluNewtonSystem system_;
  double rho_ = 1;
  double value_ = 0;  // the merit function at the iterate
  int refusals_ = 0;  // searches in a row that found nothing

  HostMatrix<double> centre_, b_;                          // d x columns
  HostMatrix<double> q_;                                   // d x columns of one sign
  HostMatrix<double> f_, before_, direction_, theta_, r_;  // n x c
};

}  // namespace nonconvex
