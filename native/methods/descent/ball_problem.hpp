// Quadratic models in a ball, as trust-region methods minimise them.
#pragma once

#include <memory>

#include "methods/descent/descent.hpp"

namespace nonconvex {

/// min g.s + s.H s / 2 over ||s|| <= radius, g and H of one point after the other.
class BallProblem {
 public:
  virtual ~BallProblem() = default;

  /// Goes to a point; false where the Hessian is not finite there.
  virtual bool moveTo(const NlpPoint& point) = 0;
  /// Sets s to a minimum, as far as is worth it; returns by how much the model is lower there than at 0.
  virtual double minimize(const NlpPoint& point, double radius, Vector& s) = 0;
  virtual void multiply(std::span<const double> v, std::span<double> out) = 0;

  virtual int factorizations() const { return 0; }
  virtual std::int64_t products() const { return 0; }
};

/// Truncated conjugate gradients: T. Steihaug, "The conjugate gradient method and trust regions in large scale
/// optimization", SIAM J. Numer. Anal. 20, 1983.
std::unique_ptr<BallProblem> truncatedGradients(ScaledNlp& model);
/// A minimum, by factors of H + lambda I: J. J. Moré, D. C. Sorensen, "Computing a trust region step", SIAM J. Sci.
/// Stat. Comput. 4, 1983.
std::unique_ptr<BallProblem> moreSorensen(const Cpu& la, ScaledNlp& model);

}  // namespace nonconvex
