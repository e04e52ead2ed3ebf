// A proof, from the Lagrange function at a stationary point, that a box has no point below a goal.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "expressions/lifted/lifted_derivatives.hpp"
#include "methods/low_rank_sdp/definite_factor.hpp"

namespace nonconvex {

/// A point and multipliers of the constraints, >= 0 for lower sides, <= 0 for upper ones, that make it stationary.
struct StationaryPoint {
  std::vector<double> x;
  std::vector<double> multipliers;
};

/// Proves that a box has no admissible point below a goal. All admissible x = p + d of the box have
///
///     f(x) >= L(x) = f(x) - sum_i y_i (c_i(x) - side_i),    L(p + d) >= L(p) + L'(p) d + 1/2 d^T H d
///
/// for an H among the Hessian matrices of L over the box and any p of it. An equation says that s = c(p) - side + g d
/// is at most e in size, where g is its gradient at p, and e its change over the box times d: so rho / 2 (s^2 - e^2) <=
/// 0 may be added, which is the curvature of an augmented Lagrange function at a price of fourth order. Where H + sum
/// rho g g^T + t / width^2 is positive semidefinite for all H, these terms are at least -t n / 2. Where p_j is an end
/// of the box from which L grows, the growth is as good as curvature. So a box about a minimum closes as soon as second
/// derivatives decide over it, and no cluster of boxes is left: K. Du, R. B. Kearfott, J. Global Optim. 5, 1994, have
/// the effect; D. P. Bertsekas, "Constrained Optimization and Lagrange Multiplier Methods", 1982, section 1.2, the
/// augmented function.
class LagrangianBound {
 public:
  /// `program` must outlive this.
  explicit LagrangianBound(const LiftedProgram& program);

  /// Takes the point of the following calls.
  void setPoint(std::shared_ptr<const StationaryPoint> point);
  /// Returns true if it is proved that no admissible point of the box has an objective below `goal`. The first entries
  /// of `box` are bounds of the variables.
  bool reaches(std::span<const Interval> box, double goal);

 private:
  struct Tuning {
    static constexpr double penalty = 10;  ///< safeguard: curvature along equations in the search for p
    static constexpr double most = 1e4;    ///< safeguard: most curvature along equations, relative to the largest other
    static constexpr double paid = 0.2;    ///< safeguard: share of the room that e^2 may take
    static constexpr double spent = 0.9;   ///< safeguard: share of the room that t takes; the rest is for rounding
    /// rounding: of a product of three numbers and sums around it
    static constexpr double rounding = 8 * machineEpsilon;
    static constexpr int sweeps = 10;  ///< safeguard: sweeps of the search for p, of which any will do
  };
  struct Equation {
    const LiftedRow* row;
    std::vector<std::pair<int, double>> gradient;  ///< g
    Interval gap;                                  ///< c(p) - side
    double penalty;                                ///< rho
  };

  bool expand(std::span<const Interval> box);
  void takeGradients();
  void setModel();
  void choosePlace(std::span<const Interval> box);
  Interval valueAtPlace() const;
  Interval boundOfSlopes(std::span<const Interval> box);
  bool findFree(std::span<const Interval> box);
  double payForPenalties(std::span<const Interval> box, double room);
  bool addMatrix(std::vector<double>& sizes);
  bool isConvexEnough(double room);
  std::span<double> row(std::vector<double>& matrix, int i) const {
    return std::span(matrix).subspan(static_cast<std::size_t>(i * n_), static_cast<std::size_t>(n_));
  }

  const LiftedProgram& program_;
  const int n_;
  LiftedDerivatives derivatives_;
  DefiniteFactor factor_;
  std::shared_ptr<const StationaryPoint> point_;
  bool usable_ = false;
  double largest_ = 0;                 ///< the largest curvature of L along a variable at the point
  std::vector<Interval> weights_;      ///< the coefficients of columns in L
  std::vector<double> slope_, model_;  ///< L' and L'' at the point, rounded, with some curvature along equations
  std::vector<Equation> equations_;
  std::vector<Interval> adjoint_, H_, place_;
  std::vector<double> growth_, width_, matrix_, radius_;
  std::vector<int> free_;  ///< variables whose bounds in the box differ
};

}  // namespace nonconvex
