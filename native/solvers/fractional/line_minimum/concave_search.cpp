#include "solvers/fractional/line_minimum/concave_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/numbers.hpp"
#include "methods/one_dimensional/secant.hpp"

namespace nonconvex::line_minimum {
namespace {

/// psi = N' g - N g', or N' - s g' for a difference, never decreases, so that its change of sign is the minimum.
class ConcaveSearch {
 public:
  ConcaveSearch(const LineNumerator& n, const LineConcave& g, bool quotient, double s)
      : n_(n), g_(g), quotient_(quotient), s_(s) {}

  LineMinimum run() const {
    const Point start = at(0);
    Point end = start;
    if (start.right < 0) {
      end = walk(start, n_.upper - n_.x, 1);
    } else if (start.left > 0) {
      end = walk(start, n_.lower - n_.x, -1);
    }
    return end.value < start.value ? LineMinimum{end.t, end.value} : LineMinimum{0, start.value};
  }

 private:
  struct Point {
    double t = 0;
    double value = infinity;  // outside the domain
    double left = infinity;   // psi to the left of t; it jumps at the kink
    double right = infinity;  // psi to the right of t
    double curvature = 0;     // what psi' is at least, g held fixed
    double rounding = 0;      // what psi is known to

    /// psi as a walk in this direction meets it, and as the walk leaves it: negative before the minimum, positive past
    /// it.
    double before(double direction) const { return value == infinity ? infinity : direction > 0 ? left : -right; }
    double after(double direction) const { return value == infinity ? infinity : direction > 0 ? right : -left; }
  };

  /// The value and psi at t.
  Point at(double t) const {
    Point p;
    p.t = t;
    const LineConcave::Value g = g_.at(t);
    if (!std::isfinite(g.value) || std::isnan(g.derivative) || (quotient_ && !(g.value > 0))) return p;
    const double n = n_(t);
    const double u = n_.x + t;
    const double smooth = n_.a * t + n_.b;
    const double kink = n_.l1 + n_.l1Squared.slope(n_.rest + std::abs(u));
    const double factor = quotient_ ? g.value : 1;
    const double weight = quotient_ ? n : s_;
    const double fall = weight == 0 || g.derivative == 0 ? 0 : weight * g.derivative;  // g' may be infinite
    p.value = quotient_ ? n / g.value : s_ == 0 ? n : n - s_ * g.value;
    p.left = (u > 0 ? smooth + kink : smooth - kink) * factor - fall;
    p.right = (u >= 0 ? smooth + kink : smooth - kink) * factor - fall;
    p.curvature = (n_.a + n_.l1Squared.slope(1)) * factor;
    p.rounding = 4e-16 * ((std::abs(n_.a * t) + std::abs(n_.b) + kink) * factor + std::abs(fall));
    return p;
  }

  /// The minimum between `from`, where psi points in this direction, and `end`.
  Point walk(Point from, double end, double direction) const {
    const double kink = -n_.x;
    if ((n_.l1 > 0 || n_.l1Squared.weight > 0) && direction * kink > 0 && direction * kink <= direction * end) {
      const Point p = at(kink);
      if (p.before(direction) >= 0) return between(from, p, direction);
      if (p.after(direction) >= 0) return p;
      from = p;
    }
    // The step that the curvature asks for is too long where g rises on the way; else the minimum is further away.
    double length = -from.after(direction) / from.curvature;
    if (!(length > 0 && length < 1e140)) length = std::max(1.0, std::abs(n_.x));
    length = std::max(length, 1e-15 * std::abs(from.t));
    Point last = from;
    for (double growth = 4; length < 1e280; length *= growth, growth = std::min(growth * growth, 1e70)) {
      const double t = from.t + direction * length;
      const bool beyond = !(direction * t < direction * end);
      if (beyond && end == from.t) return from;
      const Point p = at(beyond ? end : t);
      if (p.before(direction) >= 0) return between(last, p, direction);
      if (beyond) return p;
      if (length > 1e140) return atInfinity(last, p, direction);
      last = p;
    }
    return last;
  }

  /// The limit where psi still points on far out, or -infinity (0 for a quotient) where the value does not settle.
  Point atInfinity(const Point& last, Point far, double direction) const {
    far.t = direction * infinity;
    if (std::abs(last.value - far.value) > 1e-12 * std::abs(far.value)) far.value = quotient_ ? 0 : -infinity;
    return far;
  }

  /// Finds the change of sign between two points.
  Point between(const Point& low, const Point& high, double direction) const {
    SecantBracket bracket(low.t, low.after(direction), high.t, high.before(direction));
    Point best = low.value < high.value ? low : high;
    for (int i = 0; i < 300; ++i) {
      const std::optional<double> t = bracket.next();
      if (!t) break;
      const Point p = at(*t);
      if (p.value < best.value) best = p;
      const double psi = p.after(direction);
      if (std::abs(psi) <= p.rounding) break;
      bracket.put(*t, psi);
    }
    return best;
  }

  const LineNumerator& n_;
  const LineConcave& g_;
  bool quotient_;
  double s_;
};

}  // namespace

LineMinimum concaveQuotient(const LineNumerator& n, const LineConcave& g) { return ConcaveSearch(n, g, true, 0).run(); }

LineMinimum concaveDifference(const LineNumerator& n, const LineConcave& g, double s) {
  return ConcaveSearch(n, g, false, s).run();
}

}  // namespace nonconvex::line_minimum
