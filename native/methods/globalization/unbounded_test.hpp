// Whether an objective falls for ever.
#pragma once

#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// Tells a problem without a lower bound by an f that is far lower than its size at the start suggests.
class UnboundedTest {
 public:
  explicit UnboundedTest(const ScaledNlp& model) : model_(model) {}

  void begin(const NlpPoint& start);
  /// f is so low that it can hardly be bounded below, if the point is feasible.
  bool diverges(const NlpPoint& point) const { return point.f < low_; }
  /// The point is feasible, up to what rounding may do to the terms of a constraint, which J_i x tells of.
  bool nearlyFeasible(const NlpPoint& point) const { return nearlyFeasible(point, point.c); }
  /// The point is nearly feasible where the constraints miss their sides by these residuals.
  bool nearlyFeasible(const NlpPoint& point, std::span<const double> residuals) const;
  /// ||c||_inf that a point of that size need not improve.
  double allowedInfeasibility(const NlpPoint& point) const { return share * normInf(point.x); }

 private:
  static constexpr double share = 1e-6;  // of the terms of a constraint

  const ScaledNlp& model_;
  double low_ = 0;
};

}  // namespace nonconvex
