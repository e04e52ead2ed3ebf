// Sums over rows as JavaScript has them: regressions by a table, models and callbacks.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "binding/tables.hpp"
#include "core/inputs.hpp"
#include "problems/finite_sum.hpp"
#include "problems/glm/family.hpp"

namespace nonconvex {

class Reader;

/// Rows of a regression.
struct RegressionInputs {
  GlmFamily loss = GlmFamily::logistic;
  AnyMatrix x;
  std::vector<double> y, weights, offset, ridge;
  bool intercept = false;

  static constexpr auto fields() {
    using Self = RegressionInputs;
    return FieldTuple{IN(loss, choice(), "Loss of the rows."),
                      IN(x, matrix("N", "n"), "Rows of the regression, dense or sparse."),
                      IN(y, vector("N"), "Responses."),
                      IN(weights, vector("N").atLeast(0), "Weights of the rows, of sum 1."),
                      IN_OPTIONAL(offset, vector("N"), "Numbers that are added to the predictions. Default: 0."),
                      IN_OPTIONAL(ridge, vector("n").atLeast(0), "Weight of the square of each coefficient."),
                      IN(intercept, flag(), "Whether the last column is that of the intercept.")};
  }
};

/// The sum over the rows of a regression.
std::shared_ptr<const FiniteSumSource> sumOf(RegressionInputs&& regression);

/// The sum of a request's `callbacks`, or of its `program`, a model with sums over rows; null where a table has the
/// request's `regression`.
std::shared_ptr<const FiniteSumSource> readSum(const Reader& in);

/// Throws a RangeError that names the first of `rows` that is not below `limit`.
void requireBelow(const char* name, const std::vector<std::int32_t>& rows, int limit);

}  // namespace nonconvex
