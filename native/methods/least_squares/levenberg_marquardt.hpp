// Nonlinear least squares within bounds.
#pragma once

#include <memory>
#include <optional>

#include "core/numbers.hpp"
#include "core/status.hpp"
#include "functions/robust_losses.hpp"
#include "methods/least_squares/jacobian_system.hpp"
#include "problems/residuals.hpp"

namespace nonconvex {

struct LeastSquaresSettings {
  RobustLoss loss = RobustLoss::squared;
  double lossScale = 1;
  double tolerance = 1e-10;  ///< largest cosine between the residuals and a column of the Jacobian
  bool acceleration = true;  ///< steps follow curved valleys by second derivatives along them
  double firstRadius = 100;  ///< radius of the first step, times |D x| (MINPACK: 100)
  bool curvature = true;     ///< second derivatives of residuals come into the model where it predicts badly without
};

/// Counts of what was evaluated.
struct LeastSquaresCounts {
  int values = 0;
  int jacobians = 0;
  int curvatures = 0;
};

/// min over lower <= x <= upper of F(x) = 1/2 scale^2 sum_i rho(r_i(x)^2 / scale^2), r_i^2 / 2 each for the squared
/// loss.
///
/// Steps p minimise |J p + r|^2 / 2 within |D p| <= Delta, D_j the largest norm of column j so far (More 1978), and are
/// continued by a / 2, (J^T J + lambda D^2) a = -J^T r''(p, p), where a is small beside p (M. K. Transtrum, J. P.
/// Sethna, "Improvements to the Levenberg-Marquardt algorithm for nonlinear least-squares minimization", 2012). Where
/// that model has predicted badly, the exact Hessian takes its place as long as it predicts better (J. E. Dennis, D. M.
/// Gay, R. E. Welsch, "An adaptive nonlinear least-squares algorithm", ACM TOMS 7, 1981). Variables that a step would
/// take out of bounds stop there, and the others are solved for again. A robust loss weighs rows by rho'.
///
/// Solved is a point without units: no column of J that bounds leave free has a cosine with r above `tolerance`, and
/// linear steps explain no share of r worth mentioning, up to the rounding of r.
class LevenbergMarquardt {
 public:
  /// `function` must outlive this. An empty `lower` or `upper` sets no bounds. The Jacobian is dense without `system`.
  LevenbergMarquardt(Residuals& function, In lower, In upper, const LeastSquaresSettings& settings,
                     std::unique_ptr<JacobianSystem> system = nullptr);

  /// Begins at the point of the box that is nearest to x. Returns false where r or J is not finite there.
  bool start(In x);
  /// Decides whether x is a solution (`solved`) or a saddle (`stalled`).
  std::optional<Status> assess();
  /// One accepted or refused step; a status where the method ends.
  std::optional<Status> step();

  In x() const { return now_.x; }
  In residuals() const { return now_.r; }
  /// F(x)
  double objective() const { return now_.objective; }
  /// The quantity that `tolerance` is compared with.
  double residual() const { return now_.residual; }
  /// The share of F that the model of the last step predicted to take away.
  double predictedShare() const { return predictedShare_; }
  const LeastSquaresCounts& counts() const { return counts_; }
  /// J^T W r
  In gradient() const { return now_.gradient; }
  /// The Jacobian at x, with rows weighed by sqrt(rho').
  JacobianSystem& jacobian() { return *system_; }
  /// The norms of its columns.
  In columnNorms() const { return now_.norms; }
  bool held(int j) const { return step_.held[static_cast<std::size_t>(j)] != 0; }
  /// Returns true if the status `stalled` is due to a Hessian with negative curvature at a stationary point.
  bool atSaddle() const { return saddle_; }
  /// sqrt(rho') r
  In weightedResiduals() const { return now_.weighted; }
  /// Reductions of F that its values do not show.
  double unseen() const;
  /// Returns true if the exact Hessian is positive definite on the variables that bounds leave free.
  bool isMinimum();
  /// Takes the Hessian at x into `jacobian()`. Returns false where second derivatives are not known.
  bool findHessian();

 private:
  struct Tuning {
    double accepted = 1e-4;     ///< published: least ratio of actual and predicted reduction (MINPACK's lmder)
    double accelerated = 0.75;  ///< published: 2 |a| / |p| at most (Transtrum and Sethna 2012)
    double probe = 0.1;   ///< published: length of the difference for r'', as a share of p (Transtrum and Sethna 2012)
    double rounding = 8;  ///< rounding: errors of r, in units of eps |J| |x|
    double late = 0.1;    ///< measured: relative reduction from which second derivatives come into the model
    double poor = 0.25;   ///< measured: error of a predicted reduction from which they do
    double slow = 1e-2;   ///< measured: share of the last predicted reduction from which they do
    double unseen = 1e-13;   ///< rounding: relative reduction that values do not show
    int unseenSteps = 20;    ///< safeguard: such reductions in a row
    double small = 1e-6;     ///< measured: relative reduction below which steps are not accelerated
    double flat = 1e-8;      ///< rounding: negative curvature in units of D that counts as none
    double leastRest = 0.1;  ///< safeguard: share of the radius that is left to variables within bounds
  };

  bool look();
  void holdAtBounds();
  In moved();
  void factorFree();
  void solveFree(double radius);
  void curvedGradient();
  int stopAtBounds();
  void findStep();
  double predicted(bool curved);
  void alongStep();
  void goBack();
  bool bend(Out end);
  void accelerate(Out end);
  void learn(double actual, double prediction, double otherPrediction);
  bool tryPoint(In x);

  /// The point with what is known there.
  struct Point {
    Vector x, r, gradient;
    Vector weighted;        ///< sqrt(rho') r
    Vector weights, bends;  ///< sqrt(rho') and 2 rho'' z / rho' of each row
    Vector norms;           ///< lengths of the columns of J
    double objective = 0, residual = infinity;
    double noise = 0;             ///< the size of rounding in r
    bool looked = false;          ///< derivatives were computed that were not assessed
    bool there = false;           ///< the function was evaluated here last
    bool curvatureKnown = false;  ///< the Hessian belongs to x
  };
  struct Step {
    Vector p, a, q;                 ///< the step, its correction, the step of free variables in units of D
    std::vector<char> held, fixed;  ///< variables that stay at bounds, and that the step takes there
    std::vector<int> free;
    double lambda = 0;
    double length = 0;  ///< |D p|
  };
  struct Trial {
    Vector x, r;
    double objective = 0;
  };

  Residuals& function_;
  const LeastSquaresSettings settings_;
  const Tuning tuning_ = {};
  int n_, m_;
  Vector lower_, upper_;
  Point now_;
  Step step_;
  Trial trial_;
  Vector D_, units_;  ///< the largest norms of columns so far, and the units of variables that these give
  std::unique_ptr<JacobianSystem> system_;
  Vector right_, product_;      ///< work, an entry for each residual
  Vector moved_, ofVariables_;  ///< work, an entry for each variable
  double radius_ = 0, predictedShare_ = infinity, lastPrediction_ = infinity;
  bool curved_ = false;  ///< the next step's model has second derivatives
  bool saddle_ = false;
  bool first_ = true;
  int unseen_ = 0;  ///< steps whose reductions values do not show
  LeastSquaresCounts counts_;
};

}  // namespace nonconvex
