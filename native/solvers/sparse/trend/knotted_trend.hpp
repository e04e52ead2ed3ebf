// Trends in pieces of polynomials with few knots: an active set of knots over splines on the integers.
#pragma once

#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

/// minimise sum_i w_i (y_i - u_i)^2 / 2 + lambda ||D u||_1, D the differences of order d + 1. Row i of D u is not 0
/// where u has a knot i, and what has given knots is a combination of B-splines on the integers: of each the
/// differences of order d + 1 are divided differences at d + 2 knots. In these the normal equations are banded and well
/// conditioned however long the signal is, unlike those of D D^T.
///
/// For knots with signs, the minimum is one banded system. Where a sign changes on the way there, the step ends at the
/// least objective along it, and the knot that is 0 there goes. Then the multipliers z, D^T z = W (y - u), say where
/// knots are missing: at the largest |z| of each run above lambda. They are sums of the residuals, d + 1 times, in
/// twice the precision. Differences that are 0 are so exactly: u is the rounded trend, its objective that of the knots.
///
/// R. J. Tibshirani, "Divided differences, falling factorials, and discrete splines: another look at trend filtering
/// and related problems", Foundations and Trends in Machine Learning 15(6), 2022, for the splines. The recurrence for
/// them here is de Boor's, with distances on the integers.
class KnottedTrend {
 public:
  /// `weights` are all 1 if there are none.
  KnottedTrend(const Cpu& la, std::span<const double> y, std::span<const double> weights, int degree);

  /// Goes to the best polynomial.
  void fitPolynomial();
  /// Goes to a trend whose knots are where its differences are not 0.
  void take(std::span<const double> u);
  /// Goes down from the present trend until the objective is at most `goal` above a lower bound; whether it is.
  bool minimize(double lambda, double goal);
  /// Sets objective and gap for a lambda, and the multipliers.
  void measure(double lambda);

  std::span<const double> values() const { return u_; }
  /// Rows of D where D u is not 0, in order.
  std::span<const int> knots() const { return knots_; }
  double objective() const { return objective_; }
  double gap() const { return gap_; }
  /// The largest multiplier: the least lambda with which a polynomial is the best trend.
  double largestMultiplier() const;

 private:
  struct Tuning;
  int n() const { return static_cast<int>(y_.size()); }
  int rows() const { return n() - degree_ - 1; }
  double weight(int i) const { return weights_.empty() ? 1 : weights_[at(i)]; }
  void placeSplines();
  void evaluateSplines();
  double jump(int spline, int which) const;
  bool factor();
  void solve(std::span<double> x) const;
  void combine(std::span<const double> coefficients, std::span<double> out) const;
  void project(std::span<double> out);
  bool minimizeWithSigns(double lambda);
  bool signsHold() const;
  /// A share of the way to the next point, and the knot that is 0 there, if there is one.
  struct Least {
    double share;
    std::size_t zero;
  };
  Least leastOnTheWay(double lambda) const;
  void stepTowards(double lambda);
  bool findKnots(double lambda);
  bool addMissing(double lambda);
  void setMultipliers();

  const Cpu& la_;
  std::span<const double> y_, weights_;
  int degree_;
  std::vector<double> u_, residuals_, z_;
  std::vector<int> knots_;
  std::vector<double> jumps_, signs_;  ///< D u at the knots; the signs that are asked for
  double objective_ = 0, gap_ = 0;
  // Splines: the places that they are made of, and at each integer the first that is not 0 there and its values.
  std::vector<double> places_;
  std::vector<int> first_;
  std::vector<double> values_;
  int splines_ = 0;
  std::vector<double> band_, coefficients_, right_, penalty_;
  std::vector<double> next_, nextJumps_;  ///< the minimum for the knots and their signs
};

}  // namespace nonconvex
