// A test that finds objectives that fall for ever.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "methods/globalization/falling_ray.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// Tells a problem without a lower bound: where f or x leave every usual range it becomes a suspicion, which f along
/// the direction of growth has to confirm (FallingRay). Where that does not, the ranges are widened.
class UnboundedTest {
 public:
  /// `box`: bounds of x that replace those of the problem unless they are empty.
  UnboundedTest(const Cpu& la, ScaledNlp& model, NlpBounds box = {}) : la_(la), model_(model), box_(box) {}

  /// `infeasibility` of a point: the largest residual of a constraint there.
  void begin(const NlpPoint& start, double infeasibility);
  /// Begins at another point; what is known of f is kept.
  void restart(std::span<const double> x);
  /// Takes note of a point of the way. True where f or x have left their range.
  bool suspects(const NlpPoint& point, double infeasibility);
  /// Returns true if f falls for ever, or towards an infimum that is not attained, from this point on, which is below
  /// all that were met. Otherwise the ranges are widened, so that the solve can go on. `feasibleSeen` is true if a
  /// point was met that is feasible beyond what rounding may hide.
  bool confirms(const NlpPoint& point, bool feasibleSeen = true);
  /// Returns true if f falls for ever along a direction that the caller has found, from x on.
  bool confirms(std::span<const double> x, std::span<const double> direction);
  /// The points where f falls, of a suspicion that was confirmed.
  const Proof& proof() const { return proof_; }
  /// x has left even the widest range.
  bool isLost(const NlpPoint& point) const;
  /// A text, and what was found of the last suspicion, if there was one.
  std::string addTo(std::string text) const;

  /// The point is feasible, up to what rounding may do to the terms of a constraint, which J_i x tells of.
  bool nearlyFeasible(const NlpPoint& point) const { return nearlyFeasible(point, point.c); }
  /// The point is nearly feasible where the constraints miss their sides by these residuals.
  bool nearlyFeasible(const NlpPoint& point, std::span<const double> residuals) const;
  /// ||c||_inf that a point of that size need not improve.
  double allowedInfeasibility(const NlpPoint& point) const { return Tuning::share * normInf(point.x); }

 private:
  struct Tuning {
    static constexpr double share = 1e-6;  ///< measured: infeasibility that is allowed, as a share of ||x||_inf
    static constexpr double usualSize =
        1e20;  ///< published: Ipopt's diverging_iterates_tol, size of x that suggests an unbounded problem
    static constexpr double widestSize = 1e100;  ///< safeguard: size of x beyond which a solve ends
  };

  double unscaled(double f) const { return f / model_.objectiveScale(); }
  bool inBox() const;
  void note(const NlpPoint& point, double infeasibility);
  Fall look(const NlpPoint& point);
  std::vector<Vector> growths(std::span<const double> x) const;
  std::string finding() const;
  std::string growth() const;

  const Cpu& la_;
  ScaledNlp& model_;
  NlpBounds box_;
  // Values of f are those of the problem as given, since scales may change in a solve.
  double low_ = 0;                                          // f below this value is suspicious
  double far_ = 0;                                          // ||x||_inf above this value is suspicious
  double least_ = std::numeric_limits<double>::infinity();  // f of feasible points within the ranges
  Vector near_;                                             // the first of these points; empty if none was found
  Vector milestone_, before_;                               // the last two points where ||x||_inf had grown tenfold
  double size_ = 1;                                         // ||x||_inf at the milestone
  Fall fall_ = Fall::ends;                                  // result of the last check
  double suspected_ = unknown;                              // f at that check; NaN before the first
  double farthest_ = 0;                                     // ||x||_inf at that check
  Proof proof_;                                             // points along which f falls, of the last check
  Vector direction_;                                        // direction of the last check
};

}  // namespace nonconvex
