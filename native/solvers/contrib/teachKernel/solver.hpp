// Learners in a reproducing kernel Hilbert space, taught one example after the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "solvers/contrib/teachKernel/problem.hpp"

namespace nonconvex {

/// f := f - eta A (f - f*)(x_t) K(x_t, .), t the row with the largest error or one that is drawn. Of d learners f has d
/// entries, and A, d x d and positive semidefinite, says what each of them picks up from the others: the kernel of all
/// is A (x) K. With eta K(x, x) lambda_max(A) < 2 each step makes the distance of f from f* smaller. A step adds
/// eta K(., x_t) to each learner's errors.
///
/// C. Zhang et al., "Nonparametric iterative machine teaching", ICML 2023, and "Nonparametric teaching for multiple
/// learners", NeurIPS 2023.
class KernelTeaching {
 public:
  KernelTeaching(const Cpu& la, const TeachKernelProblem& problem, const TeachKernelSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const;
  TeachKernelSolution solution() const;
  std::string explain() const { return "The kernel is zero at the row with the largest error, which no step changes."; }

 private:
  int n() const { return problem_.y.rows(); }
  int learners() const { return problem_.y.cols(); }

  void fillKernel();
  void fillGaussian();
  void chooseRate();
  double squaredError(int row) const;
  int worstRow() const;

  const Cpu& la_;
  const TeachKernelProblem& problem_;
  const TeachKernelSettings settings_;
  const Random random_;
  HostMatrix<double> kernel_, coefficients_, errors_;  // n x n, n x d, n x d
  HostMatrix<double> between_;                         // A
  std::vector<double> lesson_;                         // -eta A (f - f*)(x_t)
  std::vector<std::int32_t> sequence_;
  double width_ = unknown, rate_ = unknown, scale_ = 1;
  int steps_ = 0;
  bool started_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class TeachKernelSolver : public KernelTeaching {
 public:
  static constexpr bool buildsUnread = true;

  using KernelTeaching::KernelTeaching;
};

}  // namespace nonconvex
