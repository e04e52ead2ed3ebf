#include "solvers/newton_shift.hpp"

#include <algorithm>
#include <cmath>

namespace nonconvex {

Inertia NewtonShifts::factorAt(InnerSolver& inner, double primal, double sizeJ, NewtonShift& used) {
  used.primal = primal;
  Inertia inertia = inner.factor(used);
  // K has as many negative eigenvalues as the rank of J at least.
  if (used.dual == 0 && m_ > 0 && inertia.undefined == 0 && inertia.negative < m_) {
    used.dual = 1e-8 * (sizeJ > 0 ? sizeJ : 1);
    inertia = inner.factor(used);
  }
  return inertia;
}

NewtonFactor NewtonShifts::factor(InnerSolver& inner, double sizeH, double sizeJ, double least) {
  NewtonFactor out;
  if (!std::isfinite(sizeH)) return out;
  const double size = sizeH > 0 ? sizeH : 1;
  const double first = 1e-4 * size;
  const double most = 1e20 * size;
  const auto enough = [&](double t) {
    const Inertia inertia = factorAt(inner, t, sizeJ, out.shift);
    if (wanted(inertia)) return true;
    out.failed = std::max(out.failed, t);
    return false;
  };
  double t = least;
  const double growth = last_ == 0 ? 100 : 8;
  while (!enough(t)) {
    t = t == 0 ? (last_ == 0 ? first : last_ / 3) : t * growth;
    if (!(t <= most)) return out;
  }
  if (t == 0) {
    last_ = 0;
    out.good = true;
    return out;
  }
  // Down again, to within a factor of 4 of what fails.
  double good = t;
  double factored = t;
  while (good > std::max(first, least) && !(out.failed > 0 && good <= 4 * out.failed)) {
    const double lower = std::max({first, least, out.failed > 0 ? std::sqrt(good * out.failed) : good / 8});
    factored = lower;
    if (!enough(lower)) {
      if (out.failed >= good) break;
      continue;
    }
    good = lower;
  }
  if (factored != good && !enough(good)) return out;
  last_ = good;
  out.good = true;
  return out;
}

}  // namespace nonconvex
