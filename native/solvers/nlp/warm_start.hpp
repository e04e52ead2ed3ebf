// A start near a solution: section 10 of docs/nlp-inequalities.md.
#pragma once

#include "methods/interior_point/barrier_nlp.hpp"
#include "methods/nlp/start.hpp"

namespace nonconvex {

/// The point and multipliers of an earlier result.
class WarmStart {
 public:
  struct Tuning {
    static constexpr double mu = 1e-4;  ///< measured: barrier parameter that a solve begins with
  };

  explicit WarmStart(const NlpStart& problem);

  /// Returns true if there are multipliers of bounds, without which a start is not a warm one.
  bool given() const { return !lower_.empty() || !upper_.empty(); }
  /// Sets a point to the earlier one, within the bounds as given, or as a solve relaxes them; false where something is
  /// not finite there.
  bool place(BarrierNlp& nlp, BarrierPoint& point, bool relaxed) const;
  /// Moves it inside of the bounds, and its multipliers to where all products with slacks are near mu.
  bool moveInside(BarrierNlp& nlp, BarrierPoint& point) const;

 private:
  void setMultipliers(const BarrierNlp& nlp, BarrierPoint& point) const;

  Vector x_;
  Vector multipliers_;
  Vector lower_, upper_;
};

}  // namespace nonconvex
