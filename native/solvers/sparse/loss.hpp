// The loss of all rows, as the engines of paths and their certificates ask for it.
#pragma once

#include <span>

#include "solvers/sparse/data.hpp"

namespace nonconvex {

/// sum_i w_i loss(t_i, y_i) of predictions t, the weights w summing to 1, or what takes its place where rows depend on
/// each other. Convex in t. Of several responses a row has a prediction of each, one response behind the other.
class RowsLoss {
 public:
  RowsLoss() = default;
  RowsLoss(const RowsLoss&) = delete;
  RowsLoss& operator=(const RowsLoss&) = delete;
  virtual ~RowsLoss() = default;

  /// Returns the loss at t; first := its derivatives, second := the diagonal of its Hessian, which is never negative.
  virtual double evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const = 0;
  /// h := the weights of the rows in a quadratic model with the Hessian's diagonal `second` at t. The model is steeper
  /// the larger `stretch` >= 1 is, and of a large enough one the loss stays below.
  virtual void curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                          std::span<double> h) const = 0;
  /// sum_i s v_i o_i less the conjugate of the loss at s v, or a number below that: v are derivatives of the loss, o
  /// the offsets of the data. -Infinity outside the conjugate's domain.
  virtual double dualValue(std::span<const double> slopes, double share) const = 0;
  /// How far predictions may move along a quadratic model until slopes that move with them leave the conjugate's
  /// domain.
  virtual double mostMove() const { return 1; }
  /// The loss of predictions that fit perfectly, below which it never is.
  virtual double perfect() const = 0;
  /// Whether the predictions of a row are of classes, whose second derivatives are no diagonal matrix.
  virtual bool coupled() const { return false; }
  /// v := the Hessian times v at the point with these derivatives.
  virtual void multiplyHessian(std::span<const double> first, std::span<const double> second,
                               std::span<double> v) const {
    static_cast<void>(first);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] *= second[i];
  }
  /// Whether the loss is (t - y)^2 / 2 for each row.
  virtual bool squared() const { return false; }
};

}  // namespace nonconvex
