#include "binding/fractional_functions.hpp"

#include <utility>

#include "binding/js.hpp"

namespace nonconvex {

std::vector<AnyMatrix> readMatrices(const Reader& in) {
  std::vector<AnyMatrix> matrices;
  for (const Reader& matrix : in.list("matrices")) matrices.push_back(matrix.asAnyMatrix());
  return matrices;
}

void readSeparable(const Reader& in, std::function<double(int, double)>& value,
                   std::function<double(int, double)>& derivative) {
  if (!in.has("denominator")) return;
  const Reader denominator = in.object("denominator");
  if (!denominator.has("derivative")) return;
  const auto ofCoordinate = [](Callback f) { return [f = std::move(f)](int i, double u) { return f({u, 1.0 * i}); }; };
  value = ofCoordinate(denominator.function("value"));
  derivative = ofCoordinate(denominator.function("derivative"));
}

}  // namespace nonconvex
