// One class of rows between two sets of half-spaces with orthonormal normals.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/stiefel/conjugate_gradients.hpp"
#include "solvers/contrib/oneClassSubspaces/problem.hpp"

namespace nonconvex {

/// minimise 1/2 ||W_1 - W_2||^2 + ||b_1 - b_2||^2 + violationWeight / (2 n) sum_i (margin - min_k (W_1^T x_i +
/// b_1)_k)_+^2
///                                                       + (margin + max_k (W_2^T x_i + b_2)_k)_+^2
/// over d x K matrices with orthonormal columns and offsets, with the soft minimum -T log sum_k exp(-v_k / T) in place
/// of the minimum, and accordingly for the maximum, unless T = 0: by conjugate gradients on Stiefel manifolds.
///
/// J. Wang, A. Cherian, "GODS: generalized one-class discriminative subspaces for anomaly detection", ICCV 2019.
class SubspacePair {
 public:
  SubspacePair(const Cpu& la, const OneClassSubspacesProblem& problem, const OneClassSubspacesSettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const;
  OneClassSubspacesSolution solution() const;

 private:
  int n() const { return problem_.x.rows; }
  int d() const { return problem_.x.columns; }
  int width() const { return std::min(settings_.dimension, d()); }
  /// About a million numbers.
  int rowsAtOnce() const { return std::max(1, (1 << 20) / d()); }

  void begin();
  double evaluate(const FramesAndNumbers& point, FramesAndNumbers& gradient);
  double miss(int row, bool upper, const std::vector<double>& offsets);

  const Cpu& la_;
  const OneClassSubspacesProblem& problem_;
  const OneClassSubspacesSettings settings_;
  HostMatrix<double> xt_, scores_;  // d x n, 2K x n: W^T x + b, then derivatives in it
  std::vector<double> losses_;
  StiefelConjugateGradients descent_;
  double scale_ = 1;
  bool started_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class OneClassSubspacesSolver : public SubspacePair {
 public:
  static constexpr bool buildsUnread = true;

  using SubspacePair::SubspacePair;
};

}  // namespace nonconvex
