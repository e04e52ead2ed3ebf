// A direction that is accurate enough and descends: sections 1.3 and 1.4 of docs/newton.md.
#pragma once

#include "solvers/newton_inner.hpp"
#include "solvers/newton_merit.hpp"
#include "solvers/newton_shift.hpp"

namespace nonconvex {

class NewtonDirection {
 public:
  NewtonDirection(const NewtonModel& model, const NewtonSettings& settings);

  /// dz = (dx, dlambda) for the factors at hand, and penalties for which it descends; false where there are none. H is
  /// the Hessian of L.
  bool compute(InnerSolver& inner, const NewtonShift& shift, const NewtonPoint& point, std::span<const double> H,
               NewtonMerit& merit);
  /// For the published rule, before K is factored: the least eigenvalue of J J^T.
  void measure(InnerSolver& inner, const NewtonPoint& point);

  std::span<const double> dz() const { return dz_; }
  std::span<const double> dx() const { return std::span(dz_).first(n_); }
  std::span<const double> dlambda() const { return std::span(dz_).subspan(n_); }
  const NewtonSlope& slope() const { return slope_; }
  double residual() const { return residual_; }

  bool published() const { return published_; }
  /// xi_B + ||H||_F
  double publishedShift(std::span<const double> H) const;

 private:
  bool computePublished(InnerSolver& inner, const NewtonShift& shift, const NewtonPoint& point,
                        std::span<const double> H, NewtonMerit& merit);

  const NewtonModel& model_;
  const bool published_;
  const double beta_;
  const double nu_;
  const std::size_t n_;
  Vector rhs_;
  Vector dz_;
  NewtonSlope slope_;
  double residual_ = 0;
  double delta_ = 0.1;
  double leastJJ_ = 1;
};

}  // namespace nonconvex
