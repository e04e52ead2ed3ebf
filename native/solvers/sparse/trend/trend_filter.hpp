// Trends of a signal in pieces of polynomials.
#pragma once

#include <optional>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/one_dimensional/total_variation.hpp"
#include "solvers/sparse/trend/knotted_trend.hpp"
#include "solvers/sparse/trend/trend_problem.hpp"

namespace nonconvex {

/// minimise sum_i w_i (y_i - u_i)^2 / 2 + lambda ||D u||_1: by dynamic programming for pieces that are constant, else
/// by an active set of knots. One step is one lambda.
class TrendFiltering {
 public:
  static constexpr bool decidesSolved = true;

  TrendFiltering(const Cpu& la, const TrendFilterProblem& problem, const TrendFilterSettings& settings);

  std::optional<Status> start();
  std::optional<Status> step();
  Progress progress() const;
  TrendFilterSolution solution() const;

 private:
  void denoise(double lambda);
  void record();

  const TrendFilterProblem& problem_;
  const TrendFilterSettings settings_;
  KnottedTrend trend_;
  TotalVariation variation_;
  std::vector<double> u_;
  double objectiveOfPolynomial_ = 0;
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
