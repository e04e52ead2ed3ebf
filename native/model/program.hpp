// A graph compiled once to an evaluator of f and c with exact derivatives.
//
// Values, first and second derivatives of the kernels' rows are kept for the point, so that whatever is asked of a
// point is computed once. From there on the gradient, J v, J^T v and H v are sweeps over the stages, linear in what the
// model has. The sparse matrices come from the rows' gradients with respect to x (sparse_derivatives.hpp).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "model/kernel.hpp"
#include "model/oracle.hpp"
#include "model/plan.hpp"

namespace nonconvex {

class SparseDerivatives;

class Program final : public Oracle {
 public:
  explicit Program(const Graph& graph);
  ~Program() override;

  /// New values of all parameters. The next evaluation is of the last point, with them.
  void setParameters(std::span<const double> parameters);

  int variables() const override { return plan_.variables; }
  int constraints() const override { return plan_.constraints; }
  /// Made when first asked for. Throws a SolverError TOO_LARGE when there are more entries than an int counts.
  const SparsePattern& jacobianPattern() const override;
  const SparsePattern& hessianPattern() const override;

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

 private:
  void evaluateStage(const Stage& stage, bool differentiate);
  void evaluate();       // values of the stages
  void differentiate();  // and the kernels' partial derivatives
  void differentiateTwice();
  void clear(std::vector<double>& adjoints) const;
  void forward();  // tangents of the stages from those of x
  void backward(std::vector<double>& adjoints, bool curved, bool stagesOnly);
  void weigh(double sigma, std::span<const double> lambda);
  SparseDerivatives& sparse() const;
  const double* gathered(const DenseStage& dense, const double* v);

  Plan plan_;
  int firstStage_ = 0;  // position of the stages' values
  int parametersEnd_ = 0;
  std::vector<Kernel> kernels_;
  // Rows that are the sum of a stretch of values; empty: none.
  std::vector<char> plainObjective_;
  std::vector<char> plainConstraints_;
  std::vector<std::vector<char>> plainLinear_;
  mutable std::vector<double> partials_;  // and the other entries of SparseDerivatives
  std::vector<double> seconds_;
  std::vector<double> weighted_;  // seconds times adjoints
  std::vector<double> tangents_;
  std::vector<double> adjoints_;
  std::vector<double> curved_;  // adjoints of the gradient's tangent
  std::vector<double> buffer_;  // input of a dense stage
  mutable std::unique_ptr<SparseDerivatives> sparse_;

  bool evaluated_ = false;
  bool differentiated_ = false;
  bool twice_ = false;
  bool weighedKnown_ = false;
  double sigma_ = 0;  // of weighted_
  std::vector<double> lambda_;
};

}  // namespace nonconvex
