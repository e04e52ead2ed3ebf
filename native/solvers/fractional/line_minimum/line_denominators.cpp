#include "solvers/fractional/line_minimum/line_denominators.hpp"

namespace nonconvex {

double LineDenominator::operator()(double t) const {
  switch (kind) {
    case Kind::affineMax:
      return line_minimum::AffineMax{*this}(t);
    case Kind::affineMaxSquared:
      return line_minimum::AffineMaxSquared{*this}(t);
    case Kind::quadratic:
      return line_minimum::Quadratic{*this}(t);
    case Kind::sqrtQuadratic:
      return line_minimum::SqrtQuadratic{*this}(t);
    case Kind::sqrtQuartic:
      return line_minimum::SqrtQuartic{*this}(t);
    case Kind::rootQuartic:
      return line_minimum::RootQuartic{*this}(t);
    case Kind::concave:
      return concave->at(t).value;
    case Kind::none:
      break;
  }
  return shift;
}

namespace line_minimum {

QuadraticPiece steepestPiece(const LineDenominator& g, double direction) {
  QuadraticPiece most{0, -infinity, -infinity};
  for (int k = 0; k < g.pieces; ++k) {
    double phi = direction * g.phi[k];
    double gamma = g.gamma[k];
    if (g.symmetric && (phi < 0 || (phi == 0 && gamma < 0))) {
      phi = -phi;
      gamma = -gamma;
    }
    if (phi > most.b || (phi == most.b && gamma > most.c)) most = {0, phi, gamma};
  }
  most.b *= direction;
  return most;
}

}  // namespace line_minimum
}  // namespace nonconvex
