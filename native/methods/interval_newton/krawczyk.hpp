// A proof that a system of equations has a solution near a point.
#pragma once

#include <concepts>
#include <span>
#include <vector>

#include "core/interval.hpp"
#include "linalg/lu_dense.hpp"

namespace nonconvex {

/// n functions of n variables, over boxes. Both return false where a function may have no value, or no derivative.
///
///   values(box, F)     n intervals, which contain the values of all points of the box
///   jacobian(box, J)   n rows of n intervals, which contain all derivatives in the box
template <class F>
concept IntervalFunctions = requires(F& functions, std::span<const Interval> box, std::span<Interval> made) {
  { functions.values(box, made) } -> std::same_as<bool>;
  { functions.jacobian(box, made) } -> std::same_as<bool>;
};

/// The operator of Krawczyk: where
///
///     -Y F(x) + (I - Y J(x + E)) E
///
/// is inside of the box E for a matrix Y, the functions F have a zero in x + E, and no other there.
///
/// R. Krawczyk, Computing 4, 1969; S. M. Rump, "Verification methods: rigorous results using floating-point
/// arithmetic", Acta Numerica 19, 2010, section 13, which also has the widening of E.
class Krawczyk {
 public:
  explicit Krawczyk(int n);

  /// Moves from `x` by Newton's method, then returns true if it is proved that the functions have a zero in box().
  template <IntervalFunctions F>
  bool prove(F& functions, std::span<const double> x) {
    x_.assign(x.begin(), x.end());
    for (int k = 0; k <= Tuning::newtonSteps; ++k) {
      setPoint();
      if (!functions.values(box_, values_)) return false;
      if (!functions.jacobian(box_, jacobian_) || !invert()) return false;
      if (k < Tuning::newtonSteps && !moveByNewton()) return false;
    }
    begin();
    for (int k = 0; k < Tuning::tries; ++k) {
      widen();
      if (!functions.jacobian(box_, jacobian_)) return false;
      if (contract()) return true;
    }
    return false;
  }

  /// n intervals, which contain the zero.
  std::span<const Interval> box() const { return box_; }

 private:
  struct Tuning {
    static constexpr int newtonSteps = 3;   ///< safeguard: steps of Newton's method from points of 1e-8
    static constexpr int tries = 15;        ///< published: boxes that are tried (Rump 2010, algorithm 13.1)
    static constexpr double wider = 0.1;    ///< published: share by which boxes are widened (Rump 2010, (13.8))
    static constexpr double least = 1e-20;  ///< rounding: width of the first box, so that it is not a point
  };

  void setPoint();
  bool invert();
  bool moveByNewton();
  void begin();
  void widen();
  bool contract();

  const int n_;
  DenseLu lu_;
  std::vector<double> x_, inverse_, step_;  ///< the point, Y by rows, a step
  std::vector<Interval> box_, values_, jacobian_, first_, E_, next_;
};

}  // namespace nonconvex
