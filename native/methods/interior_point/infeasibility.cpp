#include "methods/interior_point/infeasibility.hpp"

#include <algorithm>
#include <cmath>

namespace nonconvex {
namespace {

struct Tuning {
  static constexpr double share = 1e-5;  ///< measured: share of 1, of ||r||_inf or of its square that counts as zero
};

/// The distance to the bound that the direction -g leads to.
double roomAlong(const BarrierNlp& nlp, const BarrierPoint& point, std::size_t j, double g) {
  return g > 0 ? point.v[j] - nlp.lower()[j] : nlp.upper()[j] - point.v[j];
}

/// Returns true if each entry of the gradient is within `small` of a multiplier z of its bounds, with products slack z
/// of at most `smallProduct`; the best is z = |g| - small.
bool stationary(const BarrierNlp& nlp, const BarrierPoint& point, std::span<const double> g, double small,
                double smallProduct) {
  for (std::size_t j = 0; j < g.size(); ++j) {
    const double z = std::abs(g[j]) - small;
    if (z > 0 && !(z * roomAlong(nlp, point, j, g[j]) <= smallProduct)) return false;
  }
  return true;
}

}  // namespace

void infeasibilityGradient(const BarrierNlp& nlp, const BarrierPoint& point, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  nlp.model().addJacobianTransposedProduct(point.at.jacobian, point.r, out.first(at(nlp.n())));
  for (std::size_t j = 0; j < at(nlp.n()); ++j) {
    if (nlp.fixed(j)) out[j] = 0;
  }
  for (std::size_t k = at(nlp.n()); k < nlp.size(); ++k) out[k] = -point.r[at(nlp.rowOf(k))];
}

bool minimizesInfeasibility(BarrierState& state) {
  constexpr double feasible = 1e-6, curvature = 10, gain = 1e-3;
  BarrierNlp& nlp = state.nlp;
  const BarrierPoint& point = state.point;
  const double size = normInf(point.r);
  const double small = Tuning::share * std::min(1.0, size), smallProduct = Tuning::share * std::min(1.0, size * size);
  if (!(size > feasible)) return false;
  infeasibilityGradient(nlp, point, state.a);
  if (!stationary(nlp, point, state.a, small, smallProduct)) return false;
  // Newton's matrix of ||r||^2 / 2 with the bounds that matter; a curvature within rounding counts as positive.
  if (!nlp.model().hessian(point.at, 0, point.r, state.H)) return false;
  for (std::size_t j = 0; j < nlp.size(); ++j) {
    const double g = state.a[j], room = roomAlong(nlp, point, j, g);
    state.diagonal[j] = curvature * small + (std::abs(g) > small ? std::abs(g) / room : 0);
  }
  state.kkt.load(state.H, point.at.jacobian, state.diagonal, 1);
  if (state.kkt.factorUnshifted() != Inertia{.positive = nlp.n(), .negative = nlp.m()}) return false;
  // Where J is nearly dependent, a small gradient does not mean that little can be gained.
  BarrierStep& step = state.step;
  if (!state.kkt.solve(state.a, state.noRows, step.v, step.y)) return false;
  return -dot(state.a, step.v) <= gain * norm2Squared(point.r);
}

}  // namespace nonconvex
