// Quadratic programs under linear equations.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// min 1/2 x^T Q x + q^T x + constant  subject to  A x = b.
struct QuadraticData {
  SparsePattern lower;  ///< columns of the lower triangle of Q
  std::vector<double> lowerValues;
  std::vector<double> linear;  ///< q
  double constant = 0;
  SparsePattern rows;  ///< the pattern of A
  std::vector<double> rowValues;
  std::vector<double> right;  ///< b

  std::size_t bytes() const { return 12 * (lower.nonzeros() + rows.nonzeros()) + 8 * (linear.size() + right.size()); }
};

/// One thread at a time; any number of them share the data.
class QuadraticNlp final : public Nlp, public KnownCurvature {
 public:
  explicit QuadraticNlp(std::shared_ptr<const QuadraticData> data);

  int variables() const override { return data_->lower.lines; }
  int constraints() const override { return data_->rows.lines; }
  const SparsePattern& jacobianPattern() const override { return data_->rows; }
  const SparsePattern& hessianPattern() const override { return data_->lower; }
  NlpFacts facts() const override { return {.linearConstraints = true}; }

  void moveTo(std::span<const double> x) override;
  double objective() override;
  void gradient(std::span<double> g) override;
  void constraintValues(std::span<double> c) override;
  void jacobian(std::span<double> values) override;
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  void jacobianProduct(std::span<const double> v, std::span<double> out) override;
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override;
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;
  std::optional<Convexity> convexity(const Cpu& la, std::span<const double> lower, std::span<const double> upper,
                                     double sigma, std::span<const double> lambda) override;

 private:
  const std::vector<double>& product();

  std::shared_ptr<const QuadraticData> data_;
  std::vector<double> x_;
  std::vector<double> Qx_;
  bool known_ = false;                                           // Qx_
  std::optional<std::optional<std::vector<double>>> concavity_;  // concavity of Q, once it was asked for
};

/// Control of Poisson's equation on a grid inside (-1, 1)^2:
///   min 1/2 ||u - target||^2 + weight/2 ||z||^2  subject to  Lap_h u + z = source
/// on side x side points row after row, h = 2 / (side + 1), u = 0 on the border; x = (u, z). An empty source is 0.
QuadraticData poissonControl(int side, std::span<const double> target, double weight, std::span<const double> source);

}  // namespace nonconvex
