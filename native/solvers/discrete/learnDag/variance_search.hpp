// The precision that has the least score together with a graph.
#pragma once

#include <vector>

#include "core/numbers.hpp"

namespace nonconvex {

/// Minimises h(lambda) - c log lambda over an interval, h(lambda) = min over graphs of (slope lambda + level): h is
/// concave, so that it lies above its chords, and each chord gives a bound in closed form. An interval is cut where the
/// lines of the graphs at its ends meet: if h passes there, it has these two lines alone.
class ConcaveLineSearch {
 public:
  /// A graph's line, which is h at lambda.
  struct Point {
    double lambda = 0;
    double slope = 0;
    double level = 0;
    double value() const { return slope * lambda + level; }
  };

  ConcaveLineSearch() = default;
  ConcaveLineSearch(double c, double first, double last) : c_(c), wanted_({first, last}) {}

  /// The next lambda to look at, or NaN if `goal` is at most the bound.
  double next(double goal);
  /// Takes h there.
  void add(const Point& point);
  /// No value of the interval is smaller; -infinity until both ends are known.
  double bound() const;

 private:
  double boundOf(const Point& a, const Point& b) const;

  double c_ = 0;
  std::vector<double> wanted_;
  std::vector<Point> points_;  ///< the points, the least lambda first
};

}  // namespace nonconvex
