// Sums over rows whose terms are callbacks.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "problems/finite_sum.hpp"
#include "problems/vector_function.hpp"

namespace nonconvex {

/// Functions on the numbers of rows, which come as doubles at the beginning of a vector; how many there are is the
/// first number that each is called with.
struct SumFunctions {
  VectorFunction value;                          ///< reads x and rows; returns the mean of the f_i
  std::optional<VectorFunction> gradient;        ///< reads x and rows, writes the gradient of that, returns its value
  std::optional<VectorFunction> hessianProduct;  ///< reads x, rows and v, writes the Hessian times v
  std::optional<VectorFunction> losses;          ///< reads x and rows, writes f_i for each
};

class CallbackSource final : public FiniteSumSource {
 public:
  CallbackSource(int rows, int variables, SumFunctions functions)
      : rows_(rows), variables_(variables), functions_(std::make_shared<SumFunctions>(std::move(functions))) {}

  int rows() const override { return rows_; }
  int variables() const override { return variables_; }
  /// The functions' vectors are in double precision.
  bool hasSingle() const override { return false; }
  std::unique_ptr<FiniteSum<double>> inDouble(const Cpu& la) const override;
  std::unique_ptr<FiniteSum<float>> inSingle(const Cpu& la) const override;

 private:
  int rows_;
  int variables_;
  std::shared_ptr<SumFunctions> functions_;
};

}  // namespace nonconvex
