// A term of a ratio: it remembers what it needs of the current point so that one coordinate costs one column.
#pragma once

#include <vector>

#include "data/columns.hpp"
#include "methods/one_dimensional/top_k_sum.hpp"
#include "solvers/fractional/line_minimum/ratio_line_minimum.hpp"
#include "solvers/fractional/problem.hpp"

namespace nonconvex {

class TermReader;

/// a/2 t^2 + b t
struct Parabola {
  double a = 0;
  double b = 0;
  double operator()(double t) const { return (a / 2 * t + b) * t; }
};

/// A smooth convex function f of x that has data of its own. `restrictTo` bounds f(x + t e_i) - f(x) from above; the
/// bound is exact for quadratic f. A class of terms has a static function `read` that checks what it is made of.
class SmoothTerm {
 public:
  virtual ~SmoothTerm() = default;

  /// Begins at x, from scratch.
  virtual void restart(const double* x) = 0;
  virtual Parabola restrictTo(int i, double xi) const = 0;
  /// x_i += t; `parabola` is what `restrictTo` gave. `next` is the coordinate that `restrictTo` will most likely be
  /// asked for next, so that both can be done in one pass over the data, or -1.
  virtual void move(int i, double t, Parabola parabola, int next) = 0;
  /// Bounds f(x + t x) - f(x) from above.
  virtual Parabola restrictToRay(const double* x) const = 0;
  /// x := factor x, after which x is as given.
  virtual void scale(double factor, const double* x) = 0;

  double value() const { return value_; }

 protected:
  double value_ = 0;
};

/// g(x) > 0, or 0 for `none`. A class of terms has a static function `read` that checks what it is made of.
class DenominatorTerm {
 public:
  virtual ~DenominatorTerm() = default;

  virtual void restart(const double* x) = 0;
  /// g(x + t e_i) as a function of t.
  virtual const LineDenominator& restrictTo(int i, double xi) = 0;
  /// x_i += t, right after `restrictTo` of that i; `next` as SmoothTerm has it.
  virtual void move(int i, double xi, double t, int next) = 0;
  /// g(x + t x).
  virtual const LineDenominator& restrictToRay(const double* x) = 0;
  /// x := factor x, after which x is as given.
  virtual void scale(double /*factor*/, const double* x) { restart(x); }

  double value() const { return along_.scale * inner_ + along_.shift; }
  double factor() const { return along_.scale; }
  /// How g without `shift` grows: 1 like a norm, 2 like its square, 0 otherwise.
  int degree() const { return degree_; }

 protected:
  DenominatorTerm(LineDenominator::Kind kind, int degree, double scale, double shift) : degree_(degree) {
    along_.kind = kind;
    along_.scale = scale;
    along_.shift = shift;
    ray_.scale = scale;
    ray_.shift = shift;
  }
  const LineDenominator& homogeneousRay();

  double inner_ = 0;  ///< G(x)
  int degree_;
  LineDenominator along_;
  LineDenominator ray_;
};

/// A term with its data copied, checked and prepared; shared by all starts.
struct FractionalTermData {
  FractionalTerm term;
  const Columns* matrix = nullptr;
  std::vector<double> b, c, weights;
  std::vector<double> curvature;    ///< curvature of f along each coordinate
  std::vector<double> fourthPower;  ///< sum_i A_ij^4, for p = 4
  HostMatrix<double> gram;          ///< A^T A if least squares is to use it
};

}  // namespace nonconvex
