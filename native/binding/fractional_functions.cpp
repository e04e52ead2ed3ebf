#include "binding/fractional_functions.hpp"

#include <utility>

#include "binding/js.hpp"

namespace nonconvex {

void readFunctions(const Reader& in, FractionalProblem& problem) {
  for (const Reader& matrix : in.list("matrices")) problem.matrices.push_back(matrix.asAnyMatrix());
  if (!in.has("denominator")) return;
  const Reader denominator = in.object("denominator");
  if (!denominator.has("derivative")) return;
  const auto ofCoordinate = [](Callback f) { return [f = std::move(f)](int i, double u) { return f({u, 1.0 * i}); }; };
  problem.denominator.phi = ofCoordinate(denominator.function("value"));
  problem.denominator.derivative = ofCoordinate(denominator.function("derivative"));
}

}  // namespace nonconvex
