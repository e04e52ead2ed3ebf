// Newton's method for a convex function of few unknowns in a box whose size may be unknown, too.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/numbers.hpp"

namespace nonconvex {

/// A convex function of d numbers with two derivatives.
class ConvexFunction {
 public:
  /// The value at z; writes the d numbers of the gradient, and the Hessian, of which d x d numbers in columns the lower
  /// triangle is read.
  virtual double evaluate(std::span<const double> z, std::span<double> gradient, std::span<double> hessian) = 0;
  /// Called now and then between evaluations; may throw to end the minimisation.
  virtual void checkpoint() const {}

 protected:
  ~ConvexFunction() = default;
};

/// Points z with t lower_j <= z_j <= t upper_j for the first `scaled` entries, lower_j <= z_j <= upper_j for the
/// others, and leastScale <= t <= mostScale. All sides are finite.
struct ScaledBox {
  std::vector<double> lower, upper;
  int scaled = 0;
  double leastScale = 1;
  double mostScale = 1;
};

/// min f(z) over a ScaledBox. The direction of each step minimises the quadratic model of f in the box by an active
/// set, in which an entry at a side that grows moves with t. At every point
///
///   f(z) - g^T z + sum_{j not scaled} min(g_j lower_j, g_j upper_j) + min(leastScale h, mostScale h),
///   h = sum_{j scaled} min(g_j lower_j, g_j upper_j),
///
/// is a lower bound of f in the box, as f is convex.
class ScaledBoxNewton {
 public:
  /// Makes room for `most` unknowns.
  explicit ScaledBoxNewton(int most);

  /// The conditions under which a minimisation ends.
  struct Ends {
    double goal = infinity;     ///< a lower bound that is large enough
    double enough = -infinity;  ///< a value that is small enough
    double gap = 1e-10;         ///< between value and bound
    double share = 0;           ///< the gap as a share of what the value is below the goal
  };
  struct Result {
    double value = infinity;  ///< f at z()
    double bound = -infinity;
  };
  /// Begins at z() and t(), of which the nearest point of the box is taken.
  Result minimize(ConvexFunction& f, const ScaledBox& box, const Ends& ends);

  std::span<double> z() { return {z_.data(), d_}; }
  std::span<const double> gradient() const { return {gradient_.data(), d_}; }
  double& t() { return t_; }
  /// Sets the number of unknowns.
  void resize(int d) { d_ = static_cast<std::size_t>(d); }

 private:
  struct Tuning;
  enum class Side : signed char { lower = -1, free = 0, upper = 1, both = 2 };

  double tau(std::size_t j, double t) const { return j < scaled_ ? t : 1; }
  double side(std::size_t j) const { return sides_[j] == Side::lower ? box_->lower[j] : box_->upper[j]; }
  void enter();
  double lowerBound(double value) const;
  void minimizeModel(const ConvexFunction& f);
  void loosen();
  void setSlope();
  bool faceStep();
  void fillFace(double ridge);
  bool factorFace();
  void solveFace();
  void expandFace();
  double blockedAt(std::size_t& blocking, Side& blockedBy) const;
  bool release();
  bool advance(ConvexFunction& f, double& value);

  const ScaledBox* box_ = nullptr;
  std::size_t d_ = 0, scaled_ = 0;
  std::vector<double> z_, gradient_, hessian_;
  double t_ = 1;
  // The model:
  std::vector<Side> sides_;
  Side sideOfT_ = Side::both;
  std::vector<double> model_, slope_, moving_, tied_;  ///< its point, gradient there, step, and how tied entries move
  double modelT_ = 1, movingT_ = 0;
  std::vector<std::size_t> free_;
  bool tMoves_ = false;
  std::vector<double> factor_, face_;
  std::vector<double> trial_, trialGradient_, trialHessian_;
};

}  // namespace nonconvex
