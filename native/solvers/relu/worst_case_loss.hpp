// Losses of one row of x when an adversary moves its inputs, as convex functions of the row's local linear model.
//
// Where a network is linear on all that the adversary can reach, f(x + delta) = (x + delta) . c, and over ||delta||_p
// <= radius the worst loss is
//
//   squared          (|y - x . c| + radius ||c||_q)^2 / 2
//   hinge, logistic  l(y x . c - radius ||c||_q),
//
// 1 / p + 1 / q = 1, the norm being that of the inputs' entries of c, the bias's left out. Both are the maximum over a
// convex set of (tau, t) of tau-linear terms less a convex function:
//
//   max  constant(tau, t) - (tau x - radius t w) . c,   ||w||_p <= 1,
//
// |tau| <= t and tau y - t^2 / 2 for the squared loss; tau = y t, t in [0, 1] and -l*(-t) for the margins.
#pragma once

#include "solvers/relu/loss.hpp"

namespace nonconvex {

enum class AdversaryNorm { inf, two };
constexpr auto names(AdversaryNorm) { return std::array{"inf"sv, "two"sv}; }

/// An adversary, which may add any vector of at most this norm to each row's inputs.
struct ReluAdversary {
  AdversaryNorm norm = AdversaryNorm::inf;
  double radius = 0;

  /// The norm dual to the adversary's.
  double dualNorm(int inputs, const double* c) const;

  static constexpr auto fields() {
    using Self = ReluAdversary;
    return FieldTuple{IN(norm, choice(), "Norm of what is added."),
                      IN(radius, number().atLeast(0), "Most that is added, in the units of x.")};
  }
};

/// The maximiser of the maximum above.
struct WorstCase {
  double tau = 0;
  double t = 0;
};

class WorstCaseLoss {
 public:
  /// Rows of x have d entries; the first `inputs` are the adversary's.
  WorstCaseLoss(ReluLoss kind, const ReluAdversary& adversary, int inputs, int d)
      : kind_(kind), adversary_(adversary), inputs_(inputs), d_(d) {}

  double value(const double* x, double y, const double* c) const;

  /// c := argmin loss(c) + sigma / 2 ||c - a||^2. The multipliers are a point of the dual's domain.
  WorstCase prox(const double* x, double y, double sigma, const double* a, double* c) const;

  /// direction := tau x - radius t w with the w of norm one at which w . c is the dual norm of c = prox(a), so that it
  /// is minus a derivative of the loss there.
  void direction(const double* x, const WorstCase& at, double sigma, const double* a, double* direction) const;

  /// The dual's value of one row at (tau, t).
  double dualValue(const WorstCase& at, double y) const;

 private:
  WorstCase proxOfMargin(const double* x, double y, double sigma, const double* a, double* c) const;
  WorstCase proxOfSquared(const double* x, double y, double sigma, const double* a, double* c) const;
  WorstCase proxOnTie(const double* x, double y, double sigma, const double* a, double* c, double most) const;
  double tauOfTie(const double* x, double y, double sigma, const double* a, double* c, double t, double guess) const;
  void pointAt(const double* x, const WorstCase& at, double sigma, const double* a, double* c) const;
  double product(const double* x, const double* c) const;
  double reach(const double* c) const { return adversary_.radius * adversary_.dualNorm(inputs_, c); }

  ReluLoss kind_;
  ReluAdversary adversary_;
  int inputs_, d_;
};

}  // namespace nonconvex
