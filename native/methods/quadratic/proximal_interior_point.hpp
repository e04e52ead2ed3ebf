// A proximal interior-point method for sparse convex quadratic programs.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/quadratic/quadratic_polish.hpp"
#include "methods/quadratic/quadratic_system.hpp"
#include "methods/quadratic/scaled_quadratic.hpp"

namespace nonconvex {

/// Mehrotra's predictor and corrector on the proximal method of multipliers (R. Schwan, Y. Jiang, D. Kuhn, C. Jones,
/// "PIQP: a proximal interior-point quadratic programming solver", CDC 2023; S. Pougkakiotis, J. Gondzio, "An interior
/// point-proximal method of multipliers for convex quadratic programming", Comput. Optim. Appl. 78, 2021): an iteration
/// solves, with estimates xi of x and of all multipliers, by one factorisation of the quasi-definite
///
///     [ Q + rho I + D   G^T  ]      D_j   = sum of 1 / (s / z + delta) over the sides of x_j,
///     [ G               -1/H ]      H_i   = the same of row i;  1 / delta of an equation.
///
/// rho and delta fall with the barrier parameter. Dependent rows, empty interiors, fixed variables and variables
/// without bounds need nothing of their own. A solved program has violations, a gradient and a duality gap, beside 1 +
/// |f|, of at most `tolerance` in units as given, but for rounding of the terms. The method goes on below the tolerance
/// as long as that is cheap, and ends with the active sides as equations.
class ProximalInteriorPoint {
 public:
  /// `problem` must outlive this.
  ProximalInteriorPoint(const Cpu& la, const ConvexQuadratic& problem, double tolerance);

  /// Begins anew: c, bounds and sides of the problem, but neither Q nor G, may have changed. Where there was a solution
  /// before, its active sides are tried first, by one factorisation: that may be the solution.
  void restart(double tolerance);
  /// Returns true if a point as given is a solution, and keeps it as the best one.
  bool isSolution(const QuadraticPoint& given);
  /// Goes from the solution of a program near by, as given, to that of this one by changes of its active sides. False
  /// where that is too far; then `start()` begins without it.
  bool reach(const QuadraticPoint& given);
  /// The first point.
  std::optional<Status> start();
  std::optional<Status> step();

  /// The best point so far, in units as given, and what is missing there.
  const QuadraticPoint& point() const { return best_.point(); }
  const QuadraticErrors& errors() const { return best_.errors(); }
  /// Returns true if the best point is a solution.
  bool meets() const;
  double tolerance() const { return tolerance_; }
  const ScaledQuadratic& scaled() const { return scaled_; }
  BestQuadraticPoint& best() { return best_; }
  QuadraticPolish& polish() { return polish_; }
  double mu() const { return mu_; }
  /// Returns true if the point meets its active sides as equations.
  bool polished() const { return polished_; }
  /// Makes the last iterate itself the answer: products of its slacks and multipliers are near mu, which those of a
  /// polished point, or of one whose bounds take what is missing of the gradient, need not be. False if that is no
  /// solution.
  bool goBackInside();
  int factorizations() const { return system_.factorizations(); }
  double factorEntries() const { return system_.factorEntries(); }
  /// Curvature of the program at the best point; by one factorisation.
  QuadraticKind kind() { return polish_.kindOf(best_.point()); }

 private:
  struct Tuning {
    static constexpr double inside = 0.99;       ///< safeguard: least share of the way to the boundary
    static constexpr double away = 0.1;          ///< safeguard: what is left of the way, beside the fall of mu foreseen
    static constexpr double closest = 1 - 1e-6;  ///< safeguard: largest share of the way
    static constexpr double clear = 100;         ///< safeguard: ratio of slacks and multipliers that tells active sides
    static constexpr double falls = 0.95;        ///< published: residuals that fall so far take new estimates (PIQP)
    static constexpr double slower = 0.666;      ///< published: share of the fall of mu where they do not (PIQP)
    static constexpr double inner = 0.1;         ///< safeguard: proximal programs so accurate take new estimates
    static constexpr double slow = 0.5;          ///< safeguard: residuals that fall less ask for smaller shifts
    static constexpr double shrink = 0.01;       ///< safeguard: factor of shifts then
    static constexpr double firstPrimal = 1e-4;  ///< published: delta at first, PIQP's delta_init
    static constexpr double firstDual = 1e-6;    ///< published: rho at first, PIQP's rho_init
    static constexpr double firstLeast = 1e-10;  ///< published: least shifts at first, PIQP's reg_lower_limit
    static constexpr double least = 1e-16;       ///< rounding: least shifts at all
    static constexpr double most = 1e-4;         ///< safeguard: largest shift that an inaccurate system gets
    static constexpr double accurate = 1e-9;     ///< safeguard: backward error of a system that is accurate
    static constexpr double far = 1e-4;          ///< safeguard: errors from which on directions may be rough
    static constexpr double rough = 1e-10;       ///< safeguard: backward error of such a direction
    static constexpr double fine = 1e-14;        ///< rounding: the same near a solution
    static constexpr double again = 1e-2;        ///< safeguard: fall of mu after which active sides are tried again
    static constexpr int tries = 2;              ///< safeguard: how often active sides are tried early
    static constexpr double roundedGap = 1e-13;  ///< rounding: gap, beside the objective, of a sum of many terms
    static constexpr double leastGap = 1e-14;    ///< rounding: share of the objective that mu may add to the gap
    static constexpr double leastProduct = 0.1;  ///< safeguard: share of the tolerance that mu need not be below
    static constexpr double worthSmaller = 0.1;  ///< safeguard: errors beside the tolerance that are small enough
    static constexpr int patience = 15;          ///< safeguard: iterations without progress
    static constexpr int patienceOfSolved = 3;   ///< safeguard: the same below the tolerance
    static constexpr double enough = 1e-13;      ///< rounding: errors that need no further iteration
    static constexpr double leastStart = 1e-4;   ///< safeguard: least slacks and multipliers of the first point
  };

  /// One side of a row or variable: its slack and its multiplier, their moves, and what s z + ds dz is to be.
  struct Side {
    double s = 1, z = 1, estimate = 0, residual = 0, ds = 0, dz = 0, target = 0;

    double weight(double delta) const { return 1 / (s / z + delta); }
    void move(double dv, double delta) {
      dz = (target / z + residual + dv) * weight(delta);
      ds = -residual - dv + delta * dz;
    }
  };
  /// The multiplier of an equation.
  struct Equation {
    double y = 0, estimate = 0, residual = 0, move = 0;
  };
  /// A row or, behind the rows, a variable, with the numbers of its sides or its equation, or -1.
  struct Item {
    double low = 0, high = 0;
    int lower = -1, upper = -1, equation = -1;
  };
  /// The weights of the proximal terms, of x or of multipliers, and the residual that they fall with.
  struct Shift {
    double value, least = Tuning::firstLeast, residual = 0, before = 0;
  };
  /// The iterations so far, and that of the last progress.
  struct Milestone {
    int iterations = 0, at = 0;
    double worst = infinity, primal = infinity, shift = Tuning::firstLeast;
  };
  /// Active sides of the last iteration, and those that were tried as equations and were no solution.
  struct EarlyEnd {
    std::vector<ActiveSide> last, tried;
    double mu = 0;  ///< barrier parameter of that try
    int tries = 0;
  };

  void makeItems();
  bool startFrom(const std::vector<ActiveSide>& active);
  std::vector<ActiveSide> activeSides() const;
  bool sidesAreClear() const;
  bool endsEarly();
  double multiplierOf(const Item& item) const;
  void takeResiduals();
  bool factor();
  bool solve(double enough = SparseLdl::exact);
  double enough() const;
  bool predict();
  void moveInside();
  double complementarity() const;
  double lengthOf(double Side::*value, double Side::*move) const;
  void takeEstimates(double rate, double length, const QuadraticErrors& errors);
  void adapt(Shift& shift, double rate, bool fell, bool mayShrink) const;
  double leastMu() const;
  std::optional<Status> verdict();
  QuadraticErrors record();

  const Cpu& la_;
  double tolerance_;
  ScaledQuadratic scaled_;
  const ConvexQuadratic& p_;
  QuadraticSystem system_;
  QuadraticPolish polish_;
  BestQuadraticPoint best_;
  std::vector<Item> items_;
  std::vector<Side> sides_;
  std::vector<Equation> equations_;
  QuadraticPoint now_, trial_;  ///< scaled, as given
  std::vector<double> estimate_, gradient_, rows_, h_, right_, move_;
  double mu_ = 0;
  Shift primal_{.value = Tuning::firstPrimal}, dual_{.value = Tuning::firstDual};  ///< delta and rho
  double backwardError_ = 0;
  bool polished_ = false;
  Milestone milestone_;
  EarlyEnd early_;
};

}  // namespace nonconvex
