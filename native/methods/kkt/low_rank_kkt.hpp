// Linear systems with a Hessian that has a part of low rank.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/lu_dense.hpp"
#include "methods/kkt/kkt_solver.hpp"
#include "problems/abilities.hpp"

namespace nonconvex {

/// Solves with [H + U C U^T, J^T; J, -E] by factors of [H, J^T; J, -E] (Sherman, Morrison, Woodbury): U and C are the
/// terms of a problem at its last Hessian. They are left out where H is zero, as in systems that are not of a Hessian.
/// The inertia is that of the factors: with or without the terms H is positive definite.
class LowRankKkt final : public KktSolver {
 public:
  /// `terms`, of which there are at most `most`, over n variables must outlive this.
  LowRankKkt(std::unique_ptr<KktSolver> factored, const LowRankHessian& terms, int n, int m, int most = 20);

  void load(std::span<const double> H, std::span<const double> J) override;
  void loadDiagonals(const KktDiagonals& diagonals) override { factored_->loadDiagonals(diagonals); }
  Inertia factor(const KktShift& shift) override;
  void solve(std::span<double> b) override;
  double solve(std::span<const double> b, double target, std::span<double> z) override;
  int factorizations() const override { return factored_->factorizations(); }
  double seconds() const override { return factored_->seconds(); }

 private:
  /// z -= Z (C^{-1} + U^T Z)^{-1} U^T z, Z = K^{-1} U.
  void correct(std::span<double> z);
  std::span<double> column(std::size_t k) { return std::span(Z_).subspan(k * order_, order_); }

  const std::unique_ptr<KktSolver> factored_;
  const LowRankHessian& terms_;
  const std::size_t n_, order_;
  bool present_ = false;
  std::vector<RankOneTerm> U_;
  std::vector<double> Z_, right_, small_;
  DenseLu inner_;
};

}  // namespace nonconvex
