#include "methods/quadratic/convex_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

double QuadraticErrors::worst() const {
  constexpr double digits = 1e-6;  // of the objective, whose rounding the gap has
  return std::max({violation, gradient, gap / std::max(1.0, digits * std::abs(objective))});
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

QuadraticErrors errorsOf(const ConvexQuadratic& problem, const QuadraticPoint& point) {
  const auto n = at(problem.variables()), m = at(problem.rows());
  std::vector<double> qx(n), gx(m), gradient(point.z);
  multiplyHessian(problem, point.x, qx);
  multiplyRows(problem, point.x, gx);
  addTransposed(problem, point.y, gradient);
  QuadraticErrors e;
  double squares = 0, linear = 0, sides = 0;
  const auto side = [&](double multiplier, double value, double low, double high) {
    constexpr double rounding = 16 * machineEpsilon;
    e.sumOfMultipliers += std::abs(multiplier);
    if (low != high) {
      e.sides += (std::isfinite(low) ? 1 : 0) + (std::isfinite(high) ? 1 : 0);
      e.sumOfSides += std::abs(multiplier);
      const double own = multiplier > 0 ? high : low, apart = std::abs(value - own);
      if (multiplier != 0 && std::isfinite(own) && apart > rounding * std::abs(own)) {
        e.complementarity = std::max(e.complementarity, std::abs(multiplier) * apart);
      }
    }
    if (multiplier == 0) return;
    const double s = multiplier > 0 ? high : low;
    if (std::isfinite(s))
      sides += multiplier * s;
    else
      e.gradient = std::max(e.gradient, std::abs(multiplier));
  };
  for (std::size_t i = 0; i < m; ++i) {
    e.violation = std::max({e.violation, problem.atLeast[i] - gx[i], gx[i] - problem.atMost[i]});
    side(point.y[i], gx[i], problem.atLeast[i], problem.atMost[i]);
  }
  for (std::size_t j = 0; j < n; ++j) {
    e.violation = std::max({e.violation, problem.lower[j] - point.x[j], point.x[j] - problem.upper[j]});
    e.gradient = std::max(e.gradient, std::abs(qx[j] + problem.c[j] + gradient[j]));
    side(point.z[j], point.x[j], problem.lower[j], problem.upper[j]);
    squares += point.x[j] * qx[j];
    linear += problem.c[j] * point.x[j];
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

QuadraticErrors BestQuadraticPoint::offer(const QuadraticPoint& point) {
  const QuadraticErrors errors = errorsOf(problem_, point);
  if (errors.worst() < worst_) {
    worst_ = errors.worst();
    errors_ = errors;
    point_ = point;
  }
  return errors;
}

QuadraticErrors BestQuadraticPoint::offerBoth(QuadraticPoint& point) {
  constexpr double near = 1e-4;
  const QuadraticErrors errors = offer(point);
  if (errors.worst() > near) return errors;
  takeGradient(problem_, point);
  offer(point);
  return errors;
}

}  // namespace nonconvex
