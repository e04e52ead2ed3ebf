// The geometric median of points.
#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/run.hpp"
#include "data/checked_rows.hpp"
#include "linalg/cpu.hpp"
#include "solvers/newFamily/newFunction/problem.hpp"

namespace nonconvex {

/// minimise f(m) = (1/n) sum_i d_i, d_i = sqrt(||m - x_i||^2 + s^2), by m := sum_i (x_i / d_i) / sum_i (1 / d_i), which
/// never raises f.
///
/// E. Weiszfeld, "Sur le point pour lequel la somme des distances de n points donnes est minimum", Tohoku Mathematical
/// Journal 43, 1937.
template <class La>
class NewFunctionSolver {
 public:
  static constexpr bool buildsUnread = true;  // start() is the first to read the points

  NewFunctionSolver(const La& la, const NewFunctionProblem& problem, const NewFunctionSettings& settings)
      : la_(la),
        problem_(problem),
        smoothing_(settings.smoothing),
        center_(problem.start),
        gradient_(at(problem.x.columns)) {
    center_.resize(gradient_.size());
  }

  void start() {
    points_ = transposedRows(la_, "x", problem_.x);
    if (problem_.start.empty()) {
      for (int i = 0; i < points_.cols(); ++i) {
        for (int j = 0; j < points_.rows(); ++j) center_[at(j)] += points_(j, i) / points_.cols();
      }
    }
    evaluate();
  }

  std::optional<Status> step() {
    for (std::size_t j = 0; j < center_.size(); ++j) center_[j] -= gradient_[j] / weight_;
    evaluate();
    return std::nullopt;
  }

  Progress progress() const { return now_; }

  NewFunctionSolution solution() const { return {.center = center_}; }

 private:
  /// f, its gradient and the mean of 1 / d_i at the center.
  void evaluate() {
    constexpr int rowsBetweenCheckpoints = 1 << 14;
    std::fill(gradient_.begin(), gradient_.end(), 0.0);
    weight_ = 0;
    double sum = 0;
    now_ = {};  // stays so where a checkpoint ends the solve
    for (int i = 0; i < points_.cols(); ++i) {
      if (i % rowsBetweenCheckpoints == 0) la_.checkpoint();
      const double* point = points_.column(i);
      double squares = square(smoothing_);
      for (std::size_t j = 0; j < center_.size(); ++j) squares += square(center_[j] - point[j]);
      const double distance = std::sqrt(squares);
      const double share = 1.0 / points_.cols() / distance;
      sum += distance;
      weight_ += share;
      for (std::size_t j = 0; j < center_.size(); ++j) gradient_[j] += share * (center_[j] - point[j]);
    }
    now_.objective = sum / points_.cols();
    double squares = 0;
    for (const double entry : gradient_) squares += square(entry);
    now_.residual = std::sqrt(squares);
  }

  const La& la_;
  const NewFunctionProblem& problem_;
  double smoothing_;
  HostMatrix<double> points_;  ///< p x n, a point a column
  std::vector<double> center_, gradient_;
  double weight_ = 0;  ///< the mean of 1 / d_i
  Progress now_;
};

}  // namespace nonconvex
