#include "binding/sums.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include "binding/callbacks.hpp"
#include "binding/rows.hpp"
#include "core/index.hpp"
#include "problems/sums/callback_sum.hpp"
#include "problems/sums/regression_sum.hpp"

namespace nonconvex {
namespace {

std::shared_ptr<const FiniteSumSource> readCallbacks(const Reader& in) {
  const int rows = in.integer("rows"), n = in.integer("n");
  const std::size_t each = at(rows), length = at(n);
  SumFunctions functions{
      .value = readVectorFunction(in, "value", {length, each}, {}), .gradient = {}, .hessianProduct = {}, .losses = {}};
  if (in.has("gradient")) functions.gradient = readVectorFunction(in, "gradient", {length, each}, {length});
  if (in.has("hessianProduct")) {
    functions.hessianProduct = readVectorFunction(in, "hessianProduct", {length, each, length}, {length});
  }
  if (in.has("losses")) functions.losses = readVectorFunction(in, "losses", {length, each}, {each});
  return std::make_shared<CallbackSource>(rows, n, std::move(functions));
}

}  // namespace

std::shared_ptr<const FiniteSumSource> sumOf(RegressionInputs&& regression) {
  return std::make_shared<RegressionSource>(RegressionRows{.family = regression.loss,
                                                           .matrix = regression.x,
                                                           .y = std::move(regression.y),
                                                           .weights = std::move(regression.weights),
                                                           .offset = std::move(regression.offset),
                                                           .ridge = std::move(regression.ridge),
                                                           .intercept = regression.intercept});
}

std::shared_ptr<const FiniteSumSource> readSum(const Reader& in) {
  if (in.has("regression")) return nullptr;
  return in.has("callbacks") ? readCallbacks(in.object("callbacks")) : readRowSum(in);
}

void requireBelow(const char* name, const std::vector<std::int32_t>& rows, int limit) {
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (rows[k] < limit) continue;
    require(false, std::string(name) + "[" + show(k) + "]", rows[k],
            "expected an integer in [0, " + show(limit - 1) + "]");
  }
}

}  // namespace nonconvex
