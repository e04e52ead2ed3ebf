// Estimates of the multipliers at a point.
#pragma once

#include "methods/kkt/kkt_system.hpp"

namespace nonconvex {

/// Multipliers lambda for a point whose derivatives are known; the gradient of the Lagrangian follows them.
class MultiplierEstimate {
 public:
  explicit MultiplierEstimate(const ScaledNlp& model);

  /// Takes the first multipliers of a solve: those of the first step for any lambda, where H does not depend on it,
  /// which costs nothing as its system is factored anyway, otherwise those of least squares.
  void takeFirst(KktSystem& system, NlpPoint& point);
  /// Takes the multipliers of least squares, min ||grad f + J^T lambda||; zero where J cannot be factored for that.
  void takeLeastSquares(KktSystem& system, NlpPoint& point);
  /// Takes those of least squares if they halve ||g||; otherwise nothing changes, and it returns false.
  bool improve(KktSystem& system, NlpPoint& point);

 private:
  bool takeFromFirstStep(KktSystem& system, NlpPoint& point);
  void take(NlpPoint& point);

  const ScaledNlp& model_;
  Vector solution_;  // (w, lambda)
  Vector before_;
};

}  // namespace nonconvex
