// Functions of somebody else, which read and write memory that they share with the solver.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "problems/nlp.hpp"

namespace nonconvex {

/// The entries of a sparse matrix as somebody lists them: entry k of `pattern` is number order[k] of the list.
struct ListedPattern {
  SparsePattern pattern;
  std::vector<int> order;
};

class CallbackNlp final : public Nlp {
 public:
  enum class Function { objective, gradient, constraints, jacobian, hessian, hessianProduct };

  /// What the functions read (x, multipliers, vector) and write. Matrices hold values in the order of their lists.
  struct Memory {
    std::span<double> x, multipliers, vector;
    std::span<double> gradient, constraints, jacobian, hessian, product;
  };

  /// `call(function, sigma)`, with the Lagrangian sigma f + multipliers^T c, returns the objective, or anything.
  /// With `products` there is a function for products with the Hessian.
  CallbackNlp(ListedPattern jacobian, ListedPattern hessian, bool products, Memory memory,
              std::function<double(Function, double)> call);

  int variables() const override { return static_cast<int>(memory_.x.size()); }
  int constraints() const override { return static_cast<int>(memory_.constraints.size()); }
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
  double call(Function function, double sigma = 1);
  const std::vector<double>& jacobianValues();

  ListedPattern jacobian_;
  ListedPattern hessian_;
  bool products_;
  Memory memory_;
  std::function<double(Function, double)> call_;
  std::vector<double> x_;
  std::vector<double> jacobianValues_;
  bool jacobianKnown_ = false;
  std::vector<double> hessianValues_;
};

}  // namespace nonconvex
