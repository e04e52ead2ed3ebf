// Derivatives of functions by differences of their values, inside of a box.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// lower <= x <= upper; empty vectors: no bounds.
struct Box {
  std::vector<double> lower, upper;
};

/// How differences are taken: the step of a variable, relative to max(1, |x_j|), and the power of it in the error.
struct DifferenceRule {
  double step;
  bool secondOrder;  ///< two further points for a derivative, with an error of step^2; or one, with an error of step

  /// Rules for values that are exact: the error of a derivative is about epsilon^(2/3) or epsilon^(1/2).
  static DifferenceRule accurate() { return {std::cbrt(std::numeric_limits<double>::epsilon()), true}; }
  static DifferenceRule cheap() { return {std::sqrt(std::numeric_limits<double>::epsilon()), false}; }
  /// A rule for differences of differences: a second derivative has an error of about epsilon^(1/2).
  static DifferenceRule nested() { return {std::sqrt(std::sqrt(std::numeric_limits<double>::epsilon())), true}; }
};

/// The columns of a matrix in groups that have no row in common, so that one move along all columns of a group shows
/// each of them (A. R. Curtis, M. J. D. Powell, J. K. Reid, 1974).
std::vector<std::vector<int>> columnGroups(const SparsePattern& columns);

/// The matrix of derivatives, whose columns have a known pattern, of a function of n variables.
///
/// No point is outside of the box, but for x itself. A variable whose bounds leave it no room has derivatives of 0.
/// Where a value on one side is not finite, the derivative is taken from the other side.
class Differences {
 public:
  /// The box must outlive this.
  Differences(SparsePattern columns, DifferenceRule rule, const Box& box);

  const SparsePattern& columns() const { return columns_; }
  /// Returns true if variable j had room at the last point, so that its derivatives are not just 0.
  bool known(std::size_t j) const { return moves_[j].second != 0; }

  /// Writes the derivatives at x in the order of the columns. `base` are the values at x, and `evaluate(y, values)`
  /// writes those at y.
  template <class Evaluate>
  void operator()(std::span<const double> x, std::span<const double> base, Evaluate&& evaluate, std::span<double> out) {
    moved_.assign(x.begin(), x.end());
    for (const std::vector<int>& group : groups_) {
      for (const int j : group) choose(at(j), x[at(j)], Side::any);
      measure(group, x, evaluate);
      if (turn(group, x)) measure(group, x, evaluate);
      for (const int j : group) write(at(j), base, out);
    }
  }

 private:
  enum class Side { any, up, down };
  /// Moves of a variable to two further points, or to one, which is the second; 0: no room.
  struct Moves {
    double first = 0, second = 0;

    bool central() const { return (first < 0) != (second < 0) && first != 0; }
  };

  void choose(std::size_t j, double xj, Side side);
  /// Chooses the other side for the columns with a value that is not finite; whether there is one.
  bool turn(const std::vector<int>& group, std::span<const double> x);
  void write(std::size_t j, std::span<const double> base, std::span<double> out) const;

  template <class Evaluate>
  void measure(const std::vector<int>& group, std::span<const double> x, Evaluate&& evaluate) {
    const auto moveBy = [&](double Moves::*which) {
      for (const int j : group) moved_[at(j)] = x[at(j)] + moves_[at(j)].*which;
    };
    moveBy(&Moves::second);
    evaluate(std::span<const double>(moved_), std::span<double>(second_));
    if (rule_.secondOrder) {
      moveBy(&Moves::first);
      evaluate(std::span<const double>(moved_), std::span<double>(first_));
    }
    for (const int j : group) moved_[at(j)] = x[at(j)];
  }

  SparsePattern columns_;
  DifferenceRule rule_;
  const Box& box_;
  std::vector<std::vector<int>> groups_;
  std::vector<double> moved_, first_, second_;
  std::vector<Moves> moves_;
};

}  // namespace nonconvex
