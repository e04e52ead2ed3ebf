// Generalised linear models as sums over their rows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"
#include "problems/finite_sum.hpp"
#include "problems/glm/family.hpp"

namespace nonconvex {

/// f_i(x) = N w_i loss(a_i^T x + o_i, y_i), r(x) = 1/2 sum_j ridge_j x_j^2. The rows of a matrix in the caller's memory
/// are copied when the sum is opened, in the order and the precision in which they are gone through.
struct RegressionRows {
  GlmFamily family = GlmFamily::logistic;
  std::variant<MatrixInput, SparseView> matrix;
  std::vector<double> y;
  std::vector<double> weights;  ///< weights whose sum is 1
  std::vector<double> offset;   ///< empty: 0
  std::vector<double> ridge;    ///< one for each column
  bool intercept = false;       ///< the last column is a variable of its own, without a scale
};

class RegressionSource final : public FiniteSumSource {
 public:
  /// Throws a RangeError that names a member of the wrong length.
  explicit RegressionSource(RegressionRows rows);

  int rows() const override;
  int variables() const override;
  /// A RangeError names the first entry of x that is not finite, or a place that a sparse x has not.
  std::unique_ptr<FiniteSum<double>> inDouble(const Cpu& la) const override;
  std::unique_ptr<FiniteSum<float>> inSingle(const Cpu& la) const override;

  /// Gives the same rows among `all`, whose weights are to have the mean 1 there; `sum` adds up what others have to a
  /// number.
  std::shared_ptr<const RegressionSource> amongAll(double all, const std::function<double(double)>& sum) const;

 private:
  std::shared_ptr<const RegressionRows> rows_;
};

}  // namespace nonconvex
