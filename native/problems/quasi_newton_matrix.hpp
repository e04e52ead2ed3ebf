// Matrices that quasi-Newton updates make.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/sparse/pattern.hpp"
#include "problems/abilities.hpp"

namespace nonconvex {

/// A symmetric, positive definite matrix B that learns from steps s and changes y of a gradient by the BFGS update,
/// damped by Powell's rule (1978) so that s^T y >= 0.2 s^T B s.
class QuasiNewtonMatrix {
 public:
  virtual ~QuasiNewtonMatrix() = default;

  /// Makes a matrix of order n, limited to the last updates if n is large.
  static std::unique_ptr<QuasiNewtonMatrix> make(int n);

  /// Columns of the lower triangle of what `values` writes: B, but for `terms`.
  virtual const SparsePattern& pattern() const = 0;
  virtual std::span<const double> values() const = 0;
  virtual std::span<const RankOneTerm> terms() const { return {}; }
  /// Takes a step, not 0, and the change of the gradient along it, both finite.
  virtual void update(std::span<const double> step, std::span<const double> change) = 0;
  /// out = B v
  virtual void product(std::span<const double> v, std::span<double> out) const = 0;
};

/// All entries of B.
class DenseBfgs final : public QuasiNewtonMatrix {
 public:
  explicit DenseBfgs(int n);

  const SparsePattern& pattern() const override { return pattern_; }
  std::span<const double> values() const override { return values_; }
  void update(std::span<const double> step, std::span<const double> change) override;
  void product(std::span<const double> v, std::span<double> out) const override;

 private:
  void setMultiple(double diagonal);
  void add(double factor, std::span<const double> v);

  SparsePattern pattern_;
  std::vector<double> values_;
  bool updated_ = false;
  std::vector<double> change_, product_;
};

/// B = gamma I and what the last updates add to it, gamma = y^T y / s^T y of the newest (J. Nocedal, S. J. Wright,
/// "Numerical Optimization", 2006, section 7.2): a diagonal and two terms for each update.
class LimitedBfgs final : public QuasiNewtonMatrix {
 public:
  explicit LimitedBfgs(int n, int memory = 10);

  const SparsePattern& pattern() const override { return pattern_; }
  std::span<const double> values() const override { return diagonal_; }
  std::span<const RankOneTerm> terms() const override { return std::span(terms_).first(used_); }
  void update(std::span<const double> step, std::span<const double> change) override;
  void product(std::span<const double> v, std::span<double> out) const override;

 private:
  struct Pair {
    std::vector<double> step, change;
    std::vector<double> add, subtract;  ///< B gets add add^T - subtract subtract^T
  };

  void rebuild();

  SparsePattern pattern_;
  std::vector<double> diagonal_;
  std::vector<Pair> pairs_;  // the newest is number (count_ - 1) % memory
  std::size_t count_ = 0;
  std::vector<RankOneTerm> terms_;
  std::size_t used_ = 0;
  std::vector<double> change_, product_;
};

}  // namespace nonconvex
