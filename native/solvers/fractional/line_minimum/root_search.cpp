#include "solvers/fractional/line_minimum/root_search.hpp"

#include <algorithm>
#include <cmath>

#include "methods/one_dimensional/polynomial.hpp"
#include "solvers/fractional/line_minimum/search.hpp"
#include "solvers/fractional/line_minimum/stationary_points.hpp"

namespace nonconvex::line_minimum {
namespace {

using Steps = int (*)(const QuadraticPiece&, const double*, double*);

/// Minimises N / g where its stationary points have a closed form.
template <class G>
LineMinimum quotientByRoots(const LineNumerator& n, const G& g, const double* q, Steps steps) {
  const Quotient<G> f{n, g};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int i = 0; i < sides.count; ++i) {
    const Side& side = sides.side[i];
    double t[mostDegree];
    const int count = steps(side, q, t);
    for (int k = 0; k < count; ++k) search.offer(t[k], side);
    if (side.a > 0) search.offer(-side.b / side.a, side);  // the equation has a double root at N = 0
  }
  search.polish(sides);
  return search.best;
}

using DifferenceSteps = int (*)(const QuadraticPiece&, const double*, double, double*);

/// Minimises N / (scale sqrt(P) + shift) by Dinkelbach's method: all stationary points of N - s g, with s the best
/// ratio so far, until none is better. Every inner minimum is global, and so is the last one.
template <class G>
LineMinimum quotientByDinkelbach(const LineNumerator& n, const G& g, const double* q, Steps steps,
                                 DifferenceSteps differenceSteps) {
  const Quotient<G> f{n, g};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int round = 0; round < 60; ++round) {
    const double s = search.best.value;
    for (int i = 0; i < sides.count; ++i) {
      const Side& side = sides.side[i];
      double t[mostDegree];
      // A start that is close when the shift is small.
      int count = round == 0 ? steps(side, q, t) : differenceSteps(side, q, s * g.d.scale, t);
      if (round == 0 && side.a > 0) t[count++] = -side.b / side.a;
      for (int k = 0; k < count; ++k) search.offer(t[k], side);
    }
    search.polish(sides);
    if (round > 0 && !(search.best.value < s - 1e-15 * std::abs(s))) break;
  }
  return search.best;
}

/// Minimises N - s g for a quadratic g: the only stationary point on a side is K7.
LineMinimum differenceByRoot(const LineNumerator& n, const Quadratic& g, double s) {
  const Difference<Quadratic> f{n, g, s};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int i = 0; i < sides.count; ++i) {
    search.offer(quadraticDifferenceStep(sides.side[i], g.d.q, s * g.d.scale), sides.side[i]);
  }
  search.polish(sides);
  return search.best;
}

/// Minimises N - s g for the square root of a quadratic: the stationary points on a side are among those of K8.
LineMinimum differenceByRoots(const LineNumerator& n, const SqrtQuadratic& g, double s) {
  const Difference<SqrtQuadratic> f{n, g, s};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int i = 0; i < sides.count; ++i) {
    double t[mostDegree];
    const int count = sqrtQuadraticDifferenceSteps(sides.side[i], g.d.q, s * g.d.scale, t);
    for (int k = 0; k < count; ++k) search.offer(t[k], sides.side[i]);
  }
  search.polish(sides);
  return search.best;
}

/// g = shift as a quadratic.
LineDenominator constantOf(const LineDenominator& g) {
  LineDenominator constant = g;
  constant.kind = LineDenominator::Kind::quadratic;
  std::fill(constant.q, constant.q + 5, 0.0);
  return constant;
}

}  // namespace

LineMinimum quadraticQuotient(const LineNumerator& n, const LineDenominator& g) {
  const double q[3] = {g.scale * g.q[0] + g.shift, g.scale * g.q[1], g.scale * g.q[2]};
  return quotientByRoots(n, Quadratic{g}, q, quadraticQuotientSteps);
}

LineMinimum constantQuotient(const LineNumerator& n, const LineDenominator& g) {
  const LineDenominator constant = constantOf(g);
  const double q[3] = {g.shift, 0, 0};
  return quotientByRoots(n, Quadratic{constant}, q, quadraticQuotientSteps);
}

LineMinimum sqrtQuadraticQuotient(const LineNumerator& n, const LineDenominator& g) {
  if (g.shift == 0) return quotientByRoots(n, SqrtQuadratic{g}, g.q, sqrtQuadraticQuotientSteps);
  return quotientByDinkelbach(n, SqrtQuadratic{g}, g.q, sqrtQuadraticQuotientSteps, sqrtQuadraticDifferenceSteps);
}

LineMinimum sqrtQuarticQuotient(const LineNumerator& n, const LineDenominator& g) {
  if (g.shift == 0 && n.l1 == 0 && n.l1Squared.weight == 0 && n.lower == -infinity && n.upper == infinity) {
    double t = 0;
    if (provenSqrtQuarticQuotientStep({n.a, n.b, n.c}, g.q, t)) return {t, n(t) / SqrtQuartic{g}(t)};
  }
  if (g.shift == 0) return quotientByRoots(n, SqrtQuartic{g}, g.q, sqrtQuarticQuotientSteps);
  return quotientByDinkelbach(n, SqrtQuartic{g}, g.q, sqrtQuarticQuotientSteps, sqrtQuarticDifferenceSteps);
}

LineMinimum rootQuarticQuotient(const LineNumerator& n, const LineDenominator& g) {
  return quotientByRoots(n, RootQuartic{g}, g.q, rootQuarticQuotientSteps);
}

LineMinimum quadraticDifference(const LineNumerator& n, const LineDenominator& g, double s) {
  return differenceByRoot(n, Quadratic{g}, s);
}

LineMinimum constantDifference(const LineNumerator& n, const LineDenominator& g, double s) {
  const LineDenominator constant = constantOf(g);
  return differenceByRoot(n, Quadratic{constant}, s);
}

LineMinimum sqrtQuadraticDifference(const LineNumerator& n, const LineDenominator& g, double s) {
  return differenceByRoots(n, SqrtQuadratic{g}, s);
}

}  // namespace nonconvex::line_minimum
