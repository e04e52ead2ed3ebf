// The losses that networks are trained with: a view of functions/, as convex duality needs them.
#pragma once

#include <algorithm>
#include <string_view>
#include <type_traits>

#include "core/fields.hpp"
#include "functions/row_losses.hpp"

namespace nonconvex {

/// Losses in the order of ReluLosses, whose structs say what they are.
enum class ReluLoss { squared, logistic, hinge, softmax, huber };

using ReluLosses = TypeList<losses::PerEntry<losses::Squared>, losses::PerEntry<losses::LogisticMargin>,
                            losses::PerEntry<losses::Hinge>, losses::Softmax, losses::PerEntry<losses::Huber>>;

constexpr auto names(ReluLoss) { return namesOf(ReluLosses{}); }

/// The loss of one row of n x c column-major matrices: pointers go to its first entry, entries lie `stride` apart.
struct ReluRowLoss {
  ReluLoss kind = ReluLoss::squared;
  double delta = 1;  ///< parameter of the Huber loss
  int c = 1;
  int stride = 0;
  bool weighted = false;  ///< rows of targets have one entry more, the weight of their loss

 private:
  /// f(loss), with the struct of this kind.
  template <class F>
  NONCONVEX_HD decltype(auto) visitLoss(F&& f) const {
    return visit(ReluLosses{}, static_cast<int>(kind), [&]<class L>() -> decltype(auto) {
      if constexpr (std::is_same_v<L, losses::PerEntry<losses::Huber>>) {
        return f(L{{delta}});
      } else {
        return f(L{});
      }
    });
  }
  NONCONVEX_HD RowOf<const double> row(const double* entries) const { return {entries, stride}; }
  NONCONVEX_HD RowOf<double> row(double* entries) const { return {entries, stride}; }

 public:
  NONCONVEX_HD double weight(const double* y) const { return weighted ? y[c * stride] : 1.0; }

  NONCONVEX_HD double value(const double* f, const double* y) const {
    return weight(y) * visitLoss([&](const auto& loss) { return loss.value(c, row(f), row(y)); });
  }

  /// theta := -(a subgradient of the loss at f): a point of the dual's domain.
  NONCONVEX_HD void dualPoint(const double* f, const double* y, double* theta) const {
    visitLoss([&](const auto& loss) { loss.derivative(c, row(f), row(y), row(theta)); });
    for (int j = 0; j < c; ++j) theta[j * stride] = 0.0 - weight(y) * theta[j * stride];  // 0.0 - x is never -0
  }

  /// h := what the Hessian of the loss at f is made of: diag(h), less h h^T / weight where `coupled()`.
  NONCONVEX_HD void curvature(const double* f, const double* y, double* h) const {
    visitLoss([&](const auto& loss) { loss.curvature(c, row(f), row(y), row(h)); });
    for (int j = 0; weighted && j < c; ++j) h[j * stride] *= weight(y);
  }
  NONCONVEX_HD bool coupled() const { return kind == ReluLoss::softmax; }

  /// -loss*(-theta): the dual objective's part of this row; -infinity outside the domain. The conjugate of w loss at s
  /// is w loss*(s / w).
  NONCONVEX_HD double dualValue(const double* theta, const double* y) const {
    const double w = weight(y);
    if (w == 0) {
      double largest = 0;
      for (int j = 0; j < c; ++j) largest = std::max(largest, std::abs(theta[j * stride]));
      return largest > 0 ? -INFINITY : 0;
    }
    return -w * visitLoss([&](const auto& loss) { return loss.conjugate(c, NegatedRow{row(theta), w}, row(y)); });
  }

  /// z := argmin loss(z, y) + sigma/2 ||z - a||^2, from the z of an earlier call; theta := sigma (z - a), in the dual's
  /// domain. `work` has c entries, `stride` apart.
  NONCONVEX_HD void prox(const double* a, const double* y, double sigma, double* z, double* theta, double* work) const {
    const double w = weight(y);
    for (int j = 0; w == 0 && j < c; ++j) {
      z[j * stride] = a[j * stride];
      theta[j * stride] = 0;
    }
    if (w == 0) return;
    visitLoss([&](const auto& loss) { loss.prox(c, row(a), row(y), sigma / w, row(z), row(theta), row(work)); });
    for (int j = 0; j < c; ++j) theta[j * stride] = -w * theta[j * stride];
  }
};

/// The factor that makes a dual point feasible, at most `most`, with the best value: 1 where that is allowed, or for
/// the squared loss what maximises t linear - t^2 quadratic / 2, linear = theta . y and quadratic = ||theta||^2.
inline double dualFactor(ReluLoss loss, double most, double linear, double quadratic) {
  if (loss != ReluLoss::squared) return std::min(1.0, most);
  return quadratic > 0 ? std::clamp(linear / quadratic, -most, most) : 0;
}

}  // namespace nonconvex
