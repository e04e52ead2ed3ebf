// A function of x in a box, as methods for functions without constraints see it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "linalg/vectors.hpp"
#include "methods/nlp/scaled_nlp.hpp"
#include "methods/unconstrained/two_metric_box.hpp"

namespace nonconvex {

/// f on lower <= x <= upper, m = 0, at the nearest point of the box of any x. The derivatives are those of the face on
/// which a step along -g stays, see TwoMetricBox:
///
/// - a variable that is held has an entry 0 in the gradient, and so are its row and column of the Hessian, but for the
///   diagonal.
/// - a variable that is held back keeps its entry of the gradient; the diagonal of the Hessian is such that Newton's
///   step leads to the bound, the rest of the row and column are 0.
///
/// So a point whose gradient is 0 here meets the first-order conditions with multipliers, `takenByBounds`.
class TwoMetricProjection final : public Nlp, public ThreadedEvaluation {
 public:
  explicit TwoMetricProjection(std::shared_ptr<Nlp> nlp);

  const TwoMetricBox& bounds() const { return box_; }
  bool project(std::span<double> x) const { return box_.project(x); }
  bool project(const SmoothPoint& from, std::span<double> end) const { return box_.project(from, end); }
  /// grad f minus `gradient`: entries > 0 at lower bounds, < 0 at upper ones.
  void takenByBounds(std::span<const double> x, std::span<double> out);
  /// Returns true if a variable is at a bound, and f is not known to fall inside.
  bool held(std::size_t j, const SmoothPoint& point) const { return point.g[j] == 0 && atBound(j, point.x[j]); }
  bool atBound(std::size_t j, double x) const { return box_.atBound(j, x); }
  /// direction := 0 where a variable is held.
  void keepHeld(const SmoothPoint& point, std::span<double> direction) const;
  std::span<const double> lower() const { return box_.lower(); }
  std::span<const double> upper() const { return box_.upper(); }
  std::optional<int> contradiction() const { return box_.contradiction(); }

  int variables() const override { return nlp_->variables(); }
  int constraints() const override { return 0; }
  NlpFacts facts() const override { return nlp_->facts(); }
  const SparsePattern& jacobianPattern() const override { return nlp_->jacobianPattern(); }
  /// The pattern of the problem, with the whole diagonal.
  const SparsePattern& hessianPattern() const override { return pattern_; }

  void moveTo(std::span<const double> x) override;
  double objective() override { return nlp_->objective(); }
  void gradient(std::span<double> g) override;
  void constraintValues(std::span<double>) override {}
  void jacobian(std::span<double>) override {}
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  void jacobianProduct(std::span<const double>, std::span<double>) override {}
  void jacobianTransposedProduct(std::span<const double>, std::span<double> out) override;
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;

  void runOn(const Cpu& la) override { lendThreads(*nlp_, la); }

 private:
  void look();
  bool still(std::size_t j) const { return diagonal_[j] >= 0; }

  std::shared_ptr<Nlp> nlp_;
  TwoMetricBox box_;
  std::vector<std::size_t> places_;  // places of the problem's values among those here
  SparsePattern pattern_;
  Vector given_;  // values of the problem
  Vector x_;
  bool looked_ = false;  // what follows belongs to x_
  Vector gradient_;      // gradient of f
  Vector diagonal_;      // entries of D: 0 if the variable is held, > 0 if it is held back, -1 if it is free
  Vector moving_;        // v without the entries that stay still
};

/// The face of a problem without constraints that has a bound; null where it has none.
std::shared_ptr<TwoMetricProjection> twoMetricProjectionOf(const std::shared_ptr<Nlp>& nlp);

inline SmoothPoint smoothPoint(const NlpPoint& point) { return {point.x, point.f, point.g}; }

}  // namespace nonconvex
