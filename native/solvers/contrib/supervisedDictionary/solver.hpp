// A dictionary that serves to classify rows as well as to compose them.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "linalg/jacobi_svd.hpp"
#include "solvers/contrib/supervisedDictionary/problem.hpp"

namespace nonconvex {

/// minimise mean_i loss(a^T x_i + c, y_i) + lambda / 2 ||a||^2 + xi / (2 n) ||X - B||^2 over a, B and c with [a, B] of
/// rank r: a = W w and B = W H have a dictionary W in common, whose features W^T x are those of a filter. Steps along
/// the gradient, and back to rank r by a truncated singular value decomposition; with a and B in units in which the
/// derivative of each has Lipschitz constant 1,
///
///   [alpha a, beta B] := rank r part of [alpha (a - gradient / alpha^2), beta X],
///   alpha^2 = ||X||_2^2 / (4 n) + lambda,  beta^2 = xi / n,
///
/// and the objective never rises. The intercept goes along with steps of four times its derivative.
///
/// J. Lee, H. Lyu, W. Yao, "Exponentially convergent algorithms for supervised matrix factorization", NeurIPS 2023.
class DictionaryDescent {
 public:
  DictionaryDescent(const Cpu& la, const SupervisedDictionaryProblem& problem,
                    const SupervisedDictionarySettings& settings);

  void start();
  std::optional<Status> step();
  Progress progress() const;
  SupervisedDictionarySolution solution() const;

 private:
  int n() const { return problem_.x.rows; }
  int p() const { return problem_.x.columns; }
  int rank() const { return std::min({settings_.rank, p(), n() + 1}); }

  void classify();
  void goAlong();
  double truncate();

  const Cpu& la_;
  const SupervisedDictionaryProblem& problem_;
  const SupervisedDictionarySettings settings_;
  HostMatrix<double> whole_, low_;            // p x (n + 1): what is decomposed, and its part of rank r
  HostMatrix<double> dictionary_, composed_;  // p x r, (n + 1) x r: left vectors, right ones times their values
  std::optional<JacobiSvd> svd_;
  std::vector<double> a_, gradient_, scores_, slopes_;
  double c_ = 0, alpha_ = 1, beta_ = 1, size_ = 1;
  double loss_ = unknown, slope_ = 0, missing_ = 0, residual_ = unknown;
  bool started_ = false;
};

/// The template that the binding asks for: the solve runs on the CPU.
template <class La>
class SupervisedDictionarySolver : public DictionaryDescent {
 public:
  static constexpr bool buildsUnread = true;

  using DictionaryDescent::DictionaryDescent;
};

}  // namespace nonconvex
