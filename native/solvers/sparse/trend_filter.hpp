// Trends of a signal in pieces of polynomials.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/one_dimensional/total_variation.hpp"
#include "solvers/sparse/trend_problem.hpp"

namespace nonconvex {

/// minimise sum_i w_i (y_i - u_i)^2 / 2 + lambda ||D u||_1: by dynamic programming for pieces that are constant, else
/// by an interior point method for the dual, whose equations are banded. One step is one lambda.
///
/// S.-J. Kim, K. Koh, S. Boyd, D. Gorinevsky, "l1 trend filtering", SIAM Review 51(2), 2009.
class TrendFiltering {
 public:
  static constexpr bool decidesSolved = true;

  TrendFiltering(const Cpu& la, const TrendFilterProblem& problem, const TrendFilterSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  Progress progress() const;
  TrendFilterSolution solution() const;

 private:
  double weight(std::size_t i) const { return problem_.weights.empty() ? 1 : problem_.weights[i]; }
  std::size_t rows() const { return n_ - stencil_ + 1; }  ///< of D
  void differences(std::span<const double> u, std::span<double> out) const;
  void transposed(std::span<const double> z, std::span<double> out) const;
  void fitPolynomial();
  void findLargestLambda();
  void denoise(double lambda);
  bool interiorPoint(double lambda);
  double takeStep(double t);
  double residual(double t) const;
  void fillBand();
  bool factorBand(std::span<const double> diagonal);
  void applyFactor(std::span<double> x) const;
  bool solveBand(std::span<const double> diagonal, std::span<double> x);
  double gap(double lambda);
  void record(double lambda);

  const Cpu& la_;
  const TrendFilterProblem& problem_;
  const TrendFilterSettings settings_;
  std::size_t n_, stencil_;             ///< length of y, of a row of D
  std::array<double, 4> coefficients_;  ///< of a row of D
  std::vector<double> polynomial_, u_, z_, work_;
  std::vector<double> up_, down_, dUp_, dDown_, dz_, product_, dProduct_, dy_;  ///< of the interior point method
  std::vector<double> band_, factor_, right_;
  TotalVariation variation_;
  double objectiveOfPolynomial_ = 0, objective_ = 0, gap_ = 0;
  bool reached_ = true;
  TrendFilterSolution out_;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class TrendFilterSolver : public TrendFiltering {
 public:
  using TrendFiltering::TrendFiltering;
};

}  // namespace nonconvex
