#include "solvers/fractional/line_minimum/ratio_line_minimum.hpp"

#include "solvers/fractional/line_minimum/affine_pieces.hpp"
#include "solvers/fractional/line_minimum/concave_search.hpp"
#include "solvers/fractional/line_minimum/root_search.hpp"

namespace nonconvex {

using namespace line_minimum;
using Kind = LineDenominator::Kind;

LineMinimum minimizeQuotient(const LineNumerator& n, const LineDenominator& g) {
  switch (g.kind) {
    case Kind::affineMax:
      return affineMaxQuotient(n, g);
    case Kind::affineMaxSquared:
      return affineMaxSquaredQuotient(n, g);
    case Kind::quadratic:
      return quadraticQuotient(n, g);
    case Kind::sqrtQuadratic:
      return sqrtQuadraticQuotient(n, g);
    case Kind::sqrtQuartic:
      return sqrtQuarticQuotient(n, g);
    case Kind::rootQuartic:
      return rootQuarticQuotient(n, g);
    case Kind::concave:
      return concaveQuotient(n, *g.concave);
    case Kind::none:
      break;
  }
  return constantQuotient(n, g);
}

LineMinimum minimizeDifference(const LineNumerator& n, const LineDenominator& g, double s) {
  switch (s == 0 && g.kind != Kind::concave ? Kind::none : g.kind) {
    case Kind::affineMax:
      return affineMaxDifference(n, g, s);
    case Kind::affineMaxSquared:
      return affineSquaredDifference(n, g, s);
    case Kind::quadratic:
      return quadraticDifference(n, g, s);
    case Kind::sqrtQuadratic:
      return sqrtQuadraticDifference(n, g, s);
    case Kind::concave:
      return concaveDifference(n, *g.concave, s);
    case Kind::sqrtQuartic:
    case Kind::rootQuartic:
    case Kind::none:
      break;
  }
  return constantDifference(n, g, s);
}

}  // namespace nonconvex
