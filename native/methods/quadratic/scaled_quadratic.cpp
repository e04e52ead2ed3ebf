#include "methods/quadratic/scaled_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {
namespace {

struct Tuning {
  static constexpr int sweeps = 10;             ///< safeguard: sweeps of Ruiz's iteration
  static constexpr double least = 1e-8;         ///< safeguard: sizes below count as this
  static constexpr double largest = 1 / least;  ///< safeguard: sizes above count as this
};

/// The power of two next to a positive number: products with it are not rounded.
double powerOfTwo(double x) { return std::exp2(std::round(std::log2(x))); }

double inverseSize(double size) { return size > 0 ? 1 / std::clamp(size, Tuning::least, Tuning::largest) : 1; }

/// f(line, index, value) for all entries.
template <class F>
void forEntries(PatternedMatrix& a, F&& f) {
  for (std::size_t l = 0; l < at(a.pattern.lines); ++l) {
    for (std::size_t k = at(a.pattern.offsets[l]); k < at(a.pattern.offsets[l + 1]); ++k) {
      f(l, at(a.pattern.indices[k]), a.values[k]);
    }
  }
}

void raise(double& most, double value) { most = std::max(most, std::abs(value)); }

/// One sweep: divides rows and columns by the roots of their largest entries.
void sweep(ConvexQuadratic& p, std::vector<double>& columns, std::vector<double>& rows) {
  std::fill(columns.begin(), columns.end(), 0.0);
  std::fill(rows.begin(), rows.end(), 0.0);
  forEntries(p.q, [&](std::size_t j, std::size_t i, double value) {
    raise(columns[j], value);
    raise(columns[i], value);
  });
  forEntries(p.g, [&](std::size_t i, std::size_t j, double value) {
    raise(rows[i], value);
    raise(columns[j], value);
  });
  for (auto* sizes : {&columns, &rows}) {
    for (double& size : *sizes) size = std::sqrt(inverseSize(size));
  }
  forEntries(p.q, [&](std::size_t j, std::size_t i, double& value) { value *= columns[j] * columns[i]; });
  forEntries(p.g, [&](std::size_t i, std::size_t j, double& value) { value *= rows[i] * columns[j]; });
}

void multiply(std::vector<double>& v, const std::vector<double>& by) {
  for (std::size_t k = 0; k < v.size(); ++k) v[k] *= by[k];
}

}  // namespace

ScaledQuadratic::ScaledQuadratic(const Cpu& la, const ConvexQuadratic& problem)
    : given(problem), program(problem), columns(problem.c.size(), 1.0), rows(problem.atLeast.size(), 1.0) {
  std::vector<double> ofColumns(columns.size()), ofRows(rows.size());
  for (int k = 0; k < Tuning::sweeps; ++k) {
    la.checkpoint();
    sweep(program, ofColumns, ofRows);
    multiply(columns, ofColumns);
    multiply(rows, ofRows);
  }
  for (auto* scales : {&columns, &rows}) {
    for (double& scale : *scales) scale = powerOfTwo(scale);
  }
  program.q.values = given.q.values;
  program.g.values = given.g.values;
  forEntries(program.q, [&](std::size_t j, std::size_t i, double& value) { value *= columns[j] * columns[i]; });
  forEntries(program.g, [&](std::size_t i, std::size_t j, double& value) { value *= rows[i] * columns[j]; });
  double most = 0;
  for (std::size_t j = 0; j < columns.size(); ++j) raise(most, columns[j] * given.c[j]);
  for (const double value : program.q.values) raise(most, value);
  cost = powerOfTwo(inverseSize(most));
  for (double& value : program.q.values) value *= cost;
  takeVectors();
}

void ScaledQuadratic::takeVectors() {
  for (std::size_t j = 0; j < columns.size(); ++j) {
    program.c[j] = cost * columns[j] * given.c[j];
    program.lower[j] = given.lower[j] / columns[j];
    program.upper[j] = given.upper[j] / columns[j];
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    program.atLeast[i] = given.atLeast[i] * rows[i];
    program.atMost[i] = given.atMost[i] * rows[i];
  }
}

void ScaledQuadratic::unscale(const QuadraticPoint& point, QuadraticPoint& to) const {
  to = point;
  for (std::size_t j = 0; j < to.x.size(); ++j) {
    to.x[j] = std::clamp(to.x[j] * columns[j], given.lower[j], given.upper[j]);
    to.z[j] /= columns[j] * cost;
  }
  for (std::size_t i = 0; i < to.y.size(); ++i) to.y[i] *= rows[i] / cost;
}

void ScaledQuadratic::scale(const QuadraticPoint& point, QuadraticPoint& to) const {
  to = point;
  for (std::size_t j = 0; j < to.x.size(); ++j) {
    to.x[j] /= columns[j];
    to.z[j] *= columns[j] * cost;
  }
  for (std::size_t i = 0; i < to.y.size(); ++i) to.y[i] *= cost / rows[i];
}

}  // namespace nonconvex
