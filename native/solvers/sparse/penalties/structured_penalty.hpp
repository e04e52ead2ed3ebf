// Penalties of all coefficients together, which are not sums over single ones.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "solvers/sparse/data.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// Coefficients that go on together: b_j = sign_j c_k for those with group_j = k, 0 for those with group_j = -1. Near
/// by the penalty is sum_k slope_k c_k.
struct Pattern {
  std::vector<int> group;
  std::vector<double> sign;
  std::vector<double> values;  ///< c
  std::vector<double> slopes;

  int groups() const { return static_cast<int>(values.size()); }
};

/// A norm of the coefficients, which are those of columns that are not constant, in order. The penalty is lambda times
/// that.
class StructuredPenalty {
 public:
  StructuredPenalty() = default;
  StructuredPenalty(const StructuredPenalty&) = delete;
  StructuredPenalty& operator=(const StructuredPenalty&) = delete;
  virtual ~StructuredPenalty() = default;

  /// Whether a model may leave columns out of its computations: then members are of those in use, the others being 0.
  virtual bool mayLeaveOut() const = 0;
  virtual double value(std::span<const double> b) = 0;
  /// out := argmin_u weight norm(u) + ||u - v||^2 / 2
  virtual void prox(std::span<const double> v, double weight, std::span<double> out) = 0;
  /// The least s for which -g / s is a subgradient of the norm at 0.
  virtual double dualNorm(std::span<const double> g) = 0;
  /// Sets the pattern of b.
  virtual void pattern(std::span<const double> b, Pattern& to) = 0;
  /// Marks places that may not be 0 at lambda, from the gradients where lambda was `before`.
  virtual void screen(std::span<const double> g, double before, double lambda, std::span<char> keep) = 0;
};

/// The penalty of the settings: slope or fused.
std::unique_ptr<StructuredPenalty> makeStructuredPenalty(const SparseData& data, const SparseProblem& problem,
                                                         const SparseSettings& settings);

}  // namespace nonconvex
