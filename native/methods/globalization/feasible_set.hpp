// The points that the bounds and sides of a problem allow, and the way to one of them.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "methods/globalization/least_squares.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// lower <= x <= upper and sides of c as the problem has them, up to 1e-8 relative and to what rounding does to c.
class FeasibleSet {
 public:
  /// `box`: bounds of x that replace those of the problem unless they are empty.
  FeasibleSet(ScaledNlp& model, NlpBounds box);

  /// Moves a point that is nearly feasible to one that is, by least corrections relative to the entries of x, and
  /// leaves c there. False where it finds none, or c is not finite.
  bool reach(NlpPoint& point);
  /// Returns true if x + t d is within the bounds for all x within them and all t >= 0.
  bool recedes(std::span<const double> d) const;
  bool recedes(std::size_t j, double d) const {
    return lower_.empty() || ((d >= 0 || lower_[j] == -infinity) && (d <= 0 || upper_[j] == infinity));
  }
  /// Returns true if the last `reach` failed as c was not finite.
  bool leftRange() const { return leftRange_; }
  /// The largest change of f by changes of entries of x by such a share of them; infinite where f is not finite beside
  /// x.
  double changeOfObjective(const NlpPoint& point, double share);

 private:
  struct Tuning;
  void clip(std::span<double> x) const;
  /// The value nearest to c that row i may have.
  double sideOf(std::size_t i, double c) const { return std::max(rowLower_[i], std::min(c, rowUpper_[i])); }
  bool misses(NlpPoint& point);
  bool findRounding(NlpPoint& point);
  bool correct(NlpPoint& point);
  void multiply(const NlpPoint& point, std::span<const double> v, std::span<double> out);
  void multiplyTransposed(const NlpPoint& point, std::span<const double> y, std::span<double> out);
  void moveBeside(std::span<const double> x, double share, int draw);

  ScaledNlp& model_;
  Vector lower_, upper_;        // empty: x is free
  Vector rowLower_, rowUpper_;  // scaled
  bool leftRange_ = false;
  NlpPoint beside_;
  Vector kept_;      // sides that rows are kept on; NaN: the row is free
  Vector rounding_;  // rounding errors of c
  Vector scale_;     // sizes of the entries of x, relative to the largest; 0: fixed at a bound
  Vector change_;    // change of x, divided by scale
  Vector scaled_;    // v times scale
  Vector missed_;    // residuals of the rows that are kept on a side
  LeastSquaresWork work_;
};

}  // namespace nonconvex
