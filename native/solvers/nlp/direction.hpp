// A direction that is accurate enough and descends: sections 1.3 and 1.4 of docs/nlp.md.
#pragma once

#include "methods/globalization/merit_function.hpp"
#include "methods/kkt/kkt_system.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

class NewtonDirection {
 public:
  NewtonDirection(const ScaledNlp& model, const NlpSettings& settings);

  /// dz = (dx, dlambda) for the factors at hand, and penalties for which it descends; false where there are none. H is
  /// the Hessian of L.
  bool compute(KktSystem& system, const NlpPoint& point, MeritFunction& merit);

  std::span<const double> dz() const { return dz_; }
  std::span<const double> dx() const { return std::span(dz_).first(n_); }
  std::span<const double> dlambda() const { return std::span(dz_).subspan(n_); }
  const MeritSlope& slope() const { return slope_; }
  double residual() const { return residual_; }

 private:
  bool computePublished(KktSystem& system, const NlpPoint& point, MeritFunction& merit);

  const ScaledNlp& model_;
  const bool published_;
  const double beta_;
  const double nu_;
  const std::size_t n_;
  Vector rhs_;
  Vector dz_;
  MeritSlope slope_;
  double residual_ = 0;
  double delta_ = 0.1;
};

}  // namespace nonconvex
