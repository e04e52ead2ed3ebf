// A direction that is accurate enough and descends: sections 1.3 and 1.4 of docs/nlp.md.
#pragma once

#include "methods/kkt/inertia_correction.hpp"
#include "methods/kkt/kkt_solver.hpp"
#include "solvers/nlp/merit.hpp"

namespace nonconvex {

class NewtonDirection {
 public:
  NewtonDirection(const ScaledNlp& model, const NlpSettings& settings);

  /// dz = (dx, dlambda) for the factors at hand, and penalties for which it descends; false where there are none. H is
  /// the Hessian of L.
  bool compute(KktSolver& inner, const KktShift& shift, const NlpPoint& point, std::span<const double> H,
               MeritFunction& merit);
  /// For the published rule, before K is factored: the least eigenvalue of J J^T.
  void measure(KktSolver& inner, const NlpPoint& point);

  std::span<const double> dz() const { return dz_; }
  std::span<const double> dx() const { return std::span(dz_).first(n_); }
  std::span<const double> dlambda() const { return std::span(dz_).subspan(n_); }
  const MeritSlope& slope() const { return slope_; }
  double residual() const { return residual_; }

  bool published() const { return published_; }
  /// xi_B + ||H||_F
  double publishedShift(std::span<const double> H) const;

 private:
  bool computePublished(KktSolver& inner, const KktShift& shift, const NlpPoint& point, std::span<const double> H,
                        MeritFunction& merit);

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
  double leastJJ_ = 1;
};

}  // namespace nonconvex
