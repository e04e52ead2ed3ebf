#include "solvers/fractional/term.hpp"

namespace nonconvex {

const LineDenominator& DenominatorTerm::homogeneousRay() {
  // |1 + t| G or (1 + t)^2 G
  if (degree_ == 1) {
    ray_.kind = LineDenominator::Kind::affineMax;
    ray_.pieces = 1;
    ray_.symmetric = true;
    ray_.phi = ray_.gamma = &inner_;
  } else {
    ray_.kind = LineDenominator::Kind::quadratic;
    ray_.q[0] = ray_.q[2] = inner_;
    ray_.q[1] = 2 * inner_;
  }
  return ray_;
}

}  // namespace nonconvex
