#include "methods/quadratic/convex_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/exact_sum.hpp"

namespace nonconvex {

double QuadraticErrors::worst() const {
  // Rounding of the objective is in the gap.
  constexpr double digits = 1e-6;
  return std::max({violation, gradient, gap / std::max(1.0, digits * std::abs(objective))});
}

bool QuadraticErrors::areRounding(double ofGap) const {
  return violation <= violationRounding && gradient <= gradientRounding && gap <= ofGap * (1 + std::abs(objective));
}

void multiplyHessian(const ConvexQuadratic& problem, std::span<const double> v, std::span<double> out) {
  const SparsePattern& p = problem.q.pattern;
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t j = 0; j < v.size(); ++j) {
    double sum = 0;
    for (std::size_t k = at(p.offsets[j]); k < at(p.offsets[j + 1]); ++k) {
      const std::size_t i = at(p.indices[k]);
      const double value = problem.q.values[k];
      sum += value * v[i];
      if (i != j) out[i] += value * v[j];
    }
    out[j] += sum;
  }
}

void multiplyRows(const ConvexQuadratic& problem, std::span<const double> v, std::span<double> out) {
  const SparsePattern& p = problem.g.pattern;
  for (std::size_t i = 0; i < out.size(); ++i) {
    double sum = 0;
    for (std::size_t k = at(p.offsets[i]); k < at(p.offsets[i + 1]); ++k)
      sum += problem.g.values[k] * v[at(p.indices[k])];
    out[i] = sum;
  }
}

void addTransposed(const ConvexQuadratic& problem, std::span<const double> v, std::span<double> out) {
  const SparsePattern& p = problem.g.pattern;
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (v[i] == 0) continue;
    for (std::size_t k = at(p.offsets[i]); k < at(p.offsets[i + 1]); ++k)
      out[at(p.indices[k])] += problem.g.values[k] * v[i];
  }
}

namespace {

/// Adds Q x to sums in twice the precision.
void addPrecisely(const PatternedMatrix& q, std::span<const double> x, std::span<ExactSum> sums) {
  for (std::size_t j = 0; j < sums.size(); ++j) {
    for (std::size_t k = at(q.pattern.offsets[j]); k < at(q.pattern.offsets[j + 1]); ++k) {
      const std::size_t i = at(q.pattern.indices[k]);
      sums[j].add(q.values[k], x[i]);
      if (i != j) sums[i].add(q.values[k], x[j]);
    }
  }
}

}  // namespace

void preciseGradient(const ConvexQuadratic& problem, const QuadraticPoint& point, std::span<double> out) {
  const SparsePattern& g = problem.g.pattern;
  std::vector<ExactSum> sums(out.size());
  for (std::size_t j = 0; j < out.size(); ++j) sums[j].add(problem.c[j]);
  addPrecisely(problem.q, point.x, sums);
  for (std::size_t i = 0; i < point.y.size(); ++i) {
    if (point.y[i] == 0) continue;
    for (std::size_t k = at(g.offsets[i]); k < at(g.offsets[i + 1]); ++k) {
      sums[at(g.indices[k])].add(problem.g.values[k], point.y[i]);
    }
  }
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = sums[j].value();
}

double preciseGap(const ConvexQuadratic& problem, const QuadraticPoint& point) {
  std::vector<ExactSum> qx(point.x.size());
  addPrecisely(problem.q, point.x, qx);
  ExactSum gap;
  const auto addSide = [&](double multiplier, double low, double high) {
    const double side = multiplier > 0 ? high : low;
    if (std::isfinite(side)) gap.add(multiplier, side);
  };
  for (std::size_t i = 0; i < point.y.size(); ++i) addSide(point.y[i], problem.atLeast[i], problem.atMost[i]);
  for (std::size_t j = 0; j < qx.size(); ++j) {
    gap.add(problem.c[j], point.x[j]);
    gap.add(qx[j].high, point.x[j]);
    gap.add(qx[j].low, point.x[j]);
    addSide(point.z[j], problem.lower[j], problem.upper[j]);
  }
  return gap.value();
}

double closeGap(const ConvexQuadratic& problem, QuadraticPoint& point) {
  constexpr int moves = 2;  // rounding: the second one has what rounding and bounds have left of the first
  std::vector<double> slope(point.x.size());
  multiplyHessian(problem, point.x, slope);
  double squares = 0;
  for (std::size_t j = 0; j < slope.size(); ++j) {
    const bool inside = problem.lower[j] < point.x[j] && point.x[j] < problem.upper[j];
    slope[j] = inside ? 2 * slope[j] + problem.c[j] : 0;
    squares += slope[j] * slope[j];
  }
  double gap = preciseGap(problem, point);
  for (int k = 0; k < moves && squares > 0; ++k) {
    for (std::size_t j = 0; j < slope.size(); ++j) {
      point.x[j] = std::clamp(point.x[j] - gap / squares * slope[j], problem.lower[j], problem.upper[j]);
    }
    gap = preciseGap(problem, point);
  }
  return gap;
}

void preciseSlacks(const ConvexQuadratic& problem, std::span<const double> x, std::span<const double> sides,
                   std::span<double> out) {
  const SparsePattern& g = problem.g.pattern;
  for (std::size_t i = 0; i < out.size(); ++i) {
    ExactSum sum;
    sum.add(sides[i]);
    for (std::size_t k = at(g.offsets[i]); k < at(g.offsets[i + 1]); ++k) {
      sum.add(-problem.g.values[k], x[at(g.indices[k])]);
    }
    out[i] = sum.value();
  }
}

namespace {

/// out := |A| |v| of a matrix by lines, or, with `transposed`, out += |A|^T |v|.
void addSizes(const PatternedMatrix& a, std::span<const double> v, std::span<double> out, bool transposed) {
  for (int l = 0; l < a.pattern.lines; ++l) {
    for (std::size_t k = at(a.pattern.offsets[at(l)]); k < at(a.pattern.offsets[at(l) + 1]); ++k) {
      const std::size_t i = at(a.pattern.indices[k]);
      const double size = std::abs(a.values[k]);
      if (transposed)
        out[i] += size * std::abs(v[at(l)]);
      else
        out[at(l)] += size * std::abs(v[i]);
    }
  }
}

void addRounding(const ConvexQuadratic& problem, const QuadraticPoint& point, QuadraticErrors& e) {
  constexpr double perTerm = 4 * machineEpsilon;
  std::vector<double> rows(at(problem.rows()), 0.0), columns(at(problem.variables()), 0.0);
  addSizes(problem.g, point.x, rows, false);
  addSizes(problem.g, point.y, columns, true);
  addSizes(problem.q, point.x, columns, false);
  addSizes(problem.q, point.x, columns, true);
  for (std::size_t j = 0; j < columns.size(); ++j) {
    e.gradientRounding =
        std::max(e.gradientRounding, perTerm * (columns[j] + std::abs(problem.c[j]) + std::abs(point.z[j])));
  }
  for (const double size : rows) e.violationRounding = std::max(e.violationRounding, perTerm * size);
}

}  // namespace

namespace {

/// Adds a row or variable to the errors; returns the product of its multiplier and the side that this is of.
double addItem(double value, double multiplier, double low, double high, QuadraticErrors& e) {
  constexpr double rounding = 16 * machineEpsilon;
  const double side = multiplier > 0 ? high : low, size = std::abs(multiplier), apart = std::abs(value - side);
  const bool there = std::isfinite(side);
  e.violation = std::max({e.violation, low - value, value - high});
  e.sumOfMultipliers += size;
  if (low != high) {
    e.sides += (std::isfinite(low) ? 1 : 0) + (std::isfinite(high) ? 1 : 0);
    e.sumOfSides += size;
    if (size > 0 && there && apart > rounding * std::abs(side))
      e.complementarity = std::max(e.complementarity, size * apart);
  }
  if (!there) e.gradient = std::max(e.gradient, size);
  const double product = there ? multiplier * side : 0;
  e.gapTerms += std::abs(product);
  return product;
}

}  // namespace

QuadraticErrors errorsOf(const ConvexQuadratic& problem, const QuadraticPoint& point) {
  const auto n = at(problem.variables()), m = at(problem.rows());
  std::vector<double> qx(n), gx(m), gradient(point.z);
  multiplyHessian(problem, point.x, qx);
  multiplyRows(problem, point.x, gx);
  addTransposed(problem, point.y, gradient);
  QuadraticErrors e;
  double squares = 0, linear = 0, sides = 0;
  for (std::size_t i = 0; i < m; ++i) sides += addItem(gx[i], point.y[i], problem.atLeast[i], problem.atMost[i], e);
  for (std::size_t j = 0; j < n; ++j) {
    e.gradient = std::max(e.gradient, std::abs(qx[j] + problem.c[j] + gradient[j]));
    sides += addItem(point.x[j], point.z[j], problem.lower[j], problem.upper[j], e);
    squares += point.x[j] * qx[j];
    linear += problem.c[j] * point.x[j];
    e.gapTerms += std::abs(point.x[j] * qx[j]) + std::abs(problem.c[j] * point.x[j]);
  }
  e.objective = squares / 2 + linear;
  e.gap = std::abs(squares + linear + sides);
  addRounding(problem, point, e);
  return e;
}

namespace {

/// Gives bounds what is missing of the gradient, where there is a side that can have it.
void takeGradient(const ConvexQuadratic& problem, QuadraticPoint& point) {
  std::vector<double> gradient(problem.c.size());
  multiplyHessian(problem, point.x, gradient);
  addTransposed(problem, point.y, gradient);
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    const double z = -(gradient[j] + problem.c[j]);
    if (std::isfinite(z > 0 ? problem.upper[j] : problem.lower[j])) point.z[j] = z;
  }
}

}  // namespace

void BestQuadraticPoint::keep(const QuadraticErrors& errors, const QuadraticPoint& point) {
  worst_ = errors.worst();
  errors_ = errors;
  point_ = point;
}

QuadraticErrors BestQuadraticPoint::offer(const QuadraticPoint& point) {
  const QuadraticErrors errors = errorsOf(*problem_, point);
  if (errors.worst() < worst_) keep(errors, point);
  return errors;
}

void BestQuadraticPoint::offerPolished(QuadraticPoint& point) {
  const double before = worst_;
  offerBoth(point);
  if (worst_ < before) return;
  const QuadraticErrors errors = errorsOf(*problem_, point);
  if (errors.areRounding()) keep(errors, point);
}

QuadraticErrors BestQuadraticPoint::offerBoth(QuadraticPoint& point) {
  constexpr double near = 1e-4;
  const QuadraticErrors errors = offer(point);
  if (errors.worst() > near) return errors;
  takeGradient(*problem_, point);
  offer(point);
  return errors;
}

}  // namespace nonconvex
