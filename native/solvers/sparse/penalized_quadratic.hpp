// A quadratic with a penalty on the columns in use, minimised by coordinate descent and Newton steps on the support.
#pragma once

#include <span>
#include <vector>

#include "functions/selection_penalties.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/gram_metric.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// The penalties of all columns at one lambda.
class PenaltyAt {
 public:
  PenaltyAt(const SparseData& data, const SparseSettings& settings, double lambda)
      : data_(data),
        kind_(settings.penalty),
        l1_(lambda * settings.alpha),
        l2_(lambda * (1 - settings.alpha)),
        gamma_(gammaOf(settings)) {}

  static double gammaOf(const SparseSettings& settings) {
    return visitPenalty(settings.penalty, [&]<class Penalty>() {
      const double usual = Penalty{}.gamma;
      return usual > 0 && isKnown(settings.gamma) ? settings.gamma : usual;
    });
  }

  bool convex() const { return isConvex(kind_); }
  bool isZero() const { return l1_ == 0 && l2_ == 0; }
  bool hasRidge() const { return l2_ > 0; }
  double l1(int column) const { return l1_ * data_.factor[at(column)]; }
  double l2(int column) const { return l2_ * data_.factor[at(column)]; }
  double gamma() const { return gamma_; }
  /// lambda alpha, the steepest that it is with a factor of 1.
  double largestSlope() const { return l1_; }

  /// f.operator()<Penalty>() with the struct of the kind.
  template <class F>
  decltype(auto) visitKind(F&& f) const {
    return visitPenalty(kind_, f);
  }
  template <class Penalty>
  Penalty of(int column) const {
    return {l1(column), gamma_};
  }
  /// f(penalty) of a column, its struct, with the squares left to l2().
  template <class F>
  decltype(auto) with(int column, F&& f) const {
    return visitKind([&]<class Penalty>() { return f(of<Penalty>(column)); });
  }
  double value(int column, double b) const {
    return l2(column) / 2 * b * b + with(column, [&](const auto& penalty) { return penalty.value(std::abs(b)); });
  }
  /// argmin of c / 2 b^2 - z b and the penalty of a column, within its bounds.
  double minimizer(int column, double c, double z) const;
  /// The least weight l of the penalty of a column with which 0 is the minimiser of c / 2 b^2 - a b and it.
  double weightOfZero(int column, double c, double a) const {
    return with(column, [&](const auto& penalty) { return c > 0 ? penalty.weightOfZero(c, a) : a; });
  }
  /// The slope of the penalty of a column at 0, from above.
  double slopeAtZero(int column) const {
    return with(column, [](const auto& penalty) { return penalty.slope(0); });
  }
  /// How far -g is from the derivatives of the penalty at b, within the bounds.
  double violation(int column, double b, double g) const;

 private:
  const SparseData& data_;
  SparsePenalty kind_;
  double l1_, l2_, gamma_;
};

/// minimise q^T d + d^T G d / 2 + sum_j P_j(b_j + d_j) for the G of a metric, of which b + d and the gradient q + G d
/// are kept.
class PenalizedQuadratic {
 public:
  PenalizedQuadratic(const Cpu& la, const SparseData& data, GramMetric& metric)
      : la_(la), data_(data), metric_(metric) {}

  std::vector<double> b;  ///< one for each place of the metric
  std::vector<double> q;

  /// Makes room for columns that the metric has taken in, at 0; their gradients are still to be set.
  void resize();
  /// Goes down until no place violates its conditions by more than `tolerance`; whether that was reached.
  bool minimize(const PenaltyAt& penalty, double tolerance);
  double largestViolation(const PenaltyAt& penalty) const;
  /// Whether the objective is strictly convex near b on the places that are not 0 or whose gradient is near the edge.
  bool locallyConvex(const PenaltyAt& penalty);
  /// out := G d, by rows where G is not there.
  void applyGram(std::span<const double> d, std::span<double> out);
  /// The metric has changed: factors of it are of no use.
  void forgetFactor() {
    factored_.clear();
    copied_.clear();
  }
  /// Whether steps are taken by rows, for which new weights cost little.
  bool byRows() const;
  double sweeps() const { return sweeps_; }

 private:
  template <class Penalty>
  double best(const PenaltyAt& penalty, int place, double gradient) const;
  template <class Penalty>
  int sweep(const PenaltyAt& penalty, double tolerance);
  template <class Penalty>
  int sweepByRows(const PenaltyAt& penalty, double tolerance);
  template <class Penalty>
  bool newtonStep(const PenaltyAt& penalty, double sweepsLeft);
  template <class Penalty>
  bool takeStep(const PenaltyAt& penalty);
  bool tryEnds(const PenaltyAt& penalty);
  double shareToBreak(int column, double value, double d, double l, double gamma) const;
  double violation(const PenaltyAt& penalty, int place) const;
  void collect(const PenaltyAt& penalty, double tolerance);
  bool worthNewton(double sweepsLeft) const;
  void copyWorkingGram();
  bool solveSupport();
  bool solveByProducts();
  bool factor(const std::vector<int>& places, const std::vector<double>& diagonal);

  const Cpu& la_;
  const SparseData& data_;
  GramMetric& metric_;
  std::vector<int> working_, support_, factored_;
  std::vector<double> diagonal_, factoredDiagonal_, step_, change_, ends_, moved_;
  HostMatrix<double> factor_;
  HostMatrix<double> workingGram_;  ///< of copied_
  std::vector<int> copied_;
  std::vector<double> base_, rows_;  ///< of sweeps by rows: gradients at their start; H X d, whose sum is sumOfRows_
  std::vector<double> residual_, direction_, product_, spread_;  ///< of conjugate gradients
  double sumOfRows_ = 0;
  double sweeps_ = 0;
};

}  // namespace nonconvex
