// Problems whose functions are callbacks.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "problems/nlp.hpp"
#include "problems/vector_function.hpp"

namespace nonconvex {

class CallbackNlp final : public Nlp {
 public:
  /// Each reads x, and writes what it is called after; `objective` returns it. Matrices are values in the order of
  /// their lists. The last two also read multipliers and a number sigma: the Lagrangian is sigma f + multipliers^T c.
  /// Functions that are never called may be left out. Where one that writes returns not-a-number, it has failed, and an
  /// Error CALLBACK_FAILED says so.
  struct Functions {
    VectorFunction objective, gradient, constraints, jacobian;
    VectorFunction hessian;
    std::optional<VectorFunction> hessianProduct;  ///< reads a vector as well; none: products by the Hessian's entries
  };

  CallbackNlp(ListedPattern jacobian, ListedPattern hessian, Functions functions);

  int variables() const override { return hessian_.pattern.lines; }
  int constraints() const override { return jacobian_.pattern.lines; }
  const SparsePattern& jacobianPattern() const override { return jacobian_.pattern; }
  const SparsePattern& hessianPattern() const override { return hessian_.pattern; }

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
  const std::vector<double>& jacobianValues();

  ListedPattern jacobian_;
  ListedPattern hessian_;
  Functions functions_;
  std::vector<double> x_;
  std::vector<double> jacobianValues_;
  bool jacobianKnown_ = false;
  std::vector<double> hessianValues_;
};

}  // namespace nonconvex
