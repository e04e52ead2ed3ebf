// The loss of all rows, as the engines of paths and their certificates ask for it.
#pragma once

#include <span>

#include "solvers/sparse/data.hpp"

namespace nonconvex {

struct RowsTuning {
  /// safeguard: least curvature of a row beside its weight in a quadratic, which a loss that is nearly linear keeps
  /// strictly convex by it.
  static constexpr double leastCurvature = 1e-10;
};

/// A smooth function in place of a loss L that is not: min_z L(z) + penalty of t - z, which depends on multipliers and
/// a width. With multipliers that are derivatives of L at its minimum it has the same minimum, whatever the width.
class LossEnvelope {
 public:
  virtual ~LossEnvelope() = default;
  /// The loss itself at t.
  virtual double exact(std::span<const double> t) const = 0;
  /// Takes the derivatives at t as multipliers.
  virtual void update(std::span<const double> t) = 0;
  /// Multiplies the width by a number.
  virtual void scale(double factor) = 0;
};

/// sum_i w_i loss(t_i, y_i) of predictions t, the weights w summing to 1, or what takes its place where rows depend on
/// each other. Convex in t. Of several responses a row has a prediction of each, one response behind the other.
class RowsLoss {
 public:
  RowsLoss() = default;
  RowsLoss(const RowsLoss&) = delete;
  RowsLoss& operator=(const RowsLoss&) = delete;
  virtual ~RowsLoss() = default;

  /// Returns the loss at t; first := its derivatives, second := the diagonal of its Hessian, which is never negative.
  /// Of a loss that is not smooth those of its present envelope.
  virtual double evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const = 0;
  /// h := the weights of the rows in a quadratic model with the Hessian's diagonal `second` at t. The model is steeper
  /// the larger `stretch` >= 1 is, and of a large enough one the loss stays below.
  virtual void curvatures(std::span<const double> t, std::span<const double> second, double stretch,
                          std::span<double> h) const = 0;
  /// The number of terms z_k for which the Hessian is a diagonal matrix less sum_k z_k z_k^T, where that is known; else
  /// 0.
  virtual int outerTerms() const { return 0; }
  /// h := that diagonal at t, times `stretch`; from then on outerProducts() are those at t.
  virtual void exactCurvatures(std::span<const double> t, double stretch, std::span<double> h) {
    static_cast<void>(t);
    static_cast<void>(stretch);
    static_cast<void>(h);
  }
  /// out_k := z_k . column, times the root of `stretch`.
  virtual void outerProducts(const double* column, double* out) const {
    static_cast<void>(column);
    static_cast<void>(out);
  }
  /// sum_i s v_i o_i less the conjugate of the loss at s v, or a number below that: v = `slopes` are derivatives of the
  /// loss, o the offsets of the data. -Infinity outside the conjugate's domain. Joint losses have dualValueAt().
  virtual double dualValue(std::span<const double> slopes, double share) const = 0;
  /// dualValue() of v that are the derivatives at t.
  virtual double dualValueAt(std::span<const double> slopes, double share, std::span<const double> t) const {
    static_cast<void>(t);
    return dualValue(slopes, share);
  }
  /// The largest s <= 1 for which s v is in the conjugate's domain, where that is known to be one.
  virtual double feasibleShare(std::span<const double> /*slopes*/) const { return 1; }
  /// Whether the second derivative jumps where slopes meet bounds, within which feasibleShare() brings them again.
  virtual bool kinked() const { return false; }
  /// h := the least second derivatives near t, of rows that do not depend on each other.
  virtual void leastCurvatures(std::span<const double> t, std::span<const double> second, std::span<double> h) const {
    static_cast<void>(t);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = second[i];
  }
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
  /// h := the second derivatives by the predictions of responses k and l at the point with these derivatives.
  virtual void secondDerivatives(std::span<const double> first, std::span<const double> second, int k, int l,
                                 std::span<double> h) const {
    static_cast<void>(first);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = k == l ? second[h.size() * static_cast<std::size_t>(k) + i] : 0;
  }
  /// Whether the loss is (t - y)^2 / 2 for each row.
  virtual bool squared() const { return false; }
  /// Whether the loss of a row depends on the predictions of others.
  virtual bool joint() const { return false; }
  /// The envelope that stands for a loss that is not smooth; null where the loss is.
  virtual LossEnvelope* envelope() { return nullptr; }
};

}  // namespace nonconvex
