// Tasks of classification one after the other, each by the least change of the weights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/contrib/sequentialMaxMargin/problem.hpp"

namespace nonconvex {

/// w := the point next to w in {w: y_i x_i^T w >= 1 for the rows i of a task}, task after task: the limit of training
/// with a ridge that vanishes, which begins at the weights of the task before. Each projection is the dual's coordinate
/// ascent a_i := (a_i + (1 - z_i^T w) / ||z_i||^2)_+ with z_i = y_i x_i and w moved along, until every row of the task
/// has margin 1, or more and a_i = 0.
///
/// I. Evron et al., "Continual learning in linear classification on separable data", ICML 2023.
class SequentialProjections {
 public:
  SequentialProjections(const Cpu& la, const SequentialMaxMarginProblem& problem,
                        const SequentialMaxMarginSettings& settings);

  void start();
  std::optional<Status> step();
  SequentialMaxMarginProgress progress();
  SequentialMaxMarginSolution solution() const;
  std::string explain() const;

 private:
  struct Tuning;
  int tasks() const { return static_cast<int>(problem_.tasks.size()) - 1; }
  int rows() const { return problem_.x.rows; }

  double sweep(int begin, int end);
  double leastNorm(int begin, int end);
  void measure();

  const Cpu& la_;
  const SequentialMaxMarginProblem& problem_;
  const SequentialMaxMarginSettings settings_;
  const Random random_;
  HostMatrix<double> z_;  // p x rows: y_i x_i
  std::vector<double> w_, combined_, squares_, duals_, seenDuals_, margins_, taskMargins_;
  std::vector<std::int32_t> visits_;
  int steps_ = 0, stuck_ = -1;
  double leastNorm_ = 0;  // least norm of weights that separate the task where the solver is stuck
  bool started_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class SequentialMaxMarginSolver : public SequentialProjections {
 public:
  static constexpr bool buildsUnread = true;

  using SequentialProjections::SequentialProjections;
};

}  // namespace nonconvex
