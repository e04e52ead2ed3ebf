#include "methods/quadratic/recession.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "methods/quadratic/proximal_interior_point.hpp"

namespace nonconvex {
namespace {

struct RecessionTuning {
  static constexpr double tolerance = 1e-10;  ///< rounding: errors of the programs
  static constexpr double falls = 1e-8;       ///< rounding: c^T d beside ||c||_inf, ||d||_inf being 1, that is below 0
  static constexpr int iterations = 100;      ///< safeguard: linear programs take 40 at most
};

/// The rows of Q, both triangles, with those of G behind them.
PatternedMatrix stacked(const ConvexQuadratic& problem) {
  const auto n = at(problem.variables()), m = at(problem.rows());
  const SparsePattern &q = problem.q.pattern, &g = problem.g.pattern;
  std::vector<std::vector<std::pair<int, double>>> rows(n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = at(q.offsets[j]); k < at(q.offsets[j + 1]); ++k) {
      const auto i = at(q.indices[k]);
      rows[j].emplace_back(q.indices[k], problem.q.values[k]);
      if (i != j) rows[i].emplace_back(static_cast<int>(j), problem.q.values[k]);
    }
  }
  PatternedMatrix all;
  all.pattern.lines = static_cast<int>(n + m);
  all.pattern.width = problem.variables();
  const auto add = [&](int column, double value) {
    all.pattern.indices.push_back(column);
    all.values.push_back(value);
  };
  const auto end = [&] { all.pattern.offsets.push_back(static_cast<int>(all.values.size())); };
  for (auto& row : rows) {
    std::sort(row.begin(), row.end());
    for (const auto& [column, value] : row) add(column, value);
    end();
  }
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t k = at(g.offsets[i]); k < at(g.offsets[i + 1]); ++k) add(g.indices[k], problem.g.values[k]);
    end();
  }
  return all;
}

/// Solves a program; empty where that fails.
std::vector<double> solutionOf(const Cpu& la, const ConvexQuadratic& problem) {
  ProximalInteriorPoint method(la, problem, RecessionTuning::tolerance);
  auto status = method.start();
  for (int k = 0; !status && k < RecessionTuning::iterations; ++k) status = method.step();
  return status == Status::solved ? method.point().x : std::vector<double>();
}

}  // namespace

std::vector<double> recessionDirection(const Cpu& la, const ConvexQuadratic& problem) {
  const auto n = at(problem.variables());
  bool bounded = true;
  for (std::size_t j = 0; j < n; ++j) {
    bounded = bounded && std::isfinite(problem.lower[j]) && std::isfinite(problem.upper[j]);
  }
  if (bounded) return {};
  ConvexQuadratic cone;
  cone.q.pattern.lines = problem.variables();
  cone.q.pattern.width = problem.variables();
  cone.q.pattern.offsets.assign(n + 1, 0);
  cone.c = problem.c;
  cone.g = stacked(problem);
  cone.atLeast.assign(n, 0.0);
  cone.atMost = cone.atLeast;
  const auto recedes = [](double side) { return std::isfinite(side) ? 0.0 : side; };
  for (const double side : problem.atLeast) cone.atLeast.push_back(recedes(side));
  for (const double side : problem.atMost) cone.atMost.push_back(recedes(side));
  for (const double bound : problem.lower) cone.lower.push_back(std::max(-1.0, recedes(bound)));
  for (const double bound : problem.upper) cone.upper.push_back(std::min(1.0, recedes(bound)));
  std::vector<double> d = solutionOf(la, cone);
  double falls = 0, size = 0;
  for (std::size_t j = 0; j < d.size(); ++j) {
    falls -= problem.c[j] * d[j];
    size = std::max(size, std::abs(problem.c[j]));
  }
  if (!(falls > RecessionTuning::falls * size)) d.clear();
  return d;
}

std::vector<double> feasiblePoint(const Cpu& la, const ConvexQuadratic& problem) {
  const auto n = at(problem.variables());
  ConvexQuadratic nearest = problem;
  nearest.q.pattern.indices.clear();
  nearest.q.pattern.offsets.assign(1, 0);
  for (std::size_t j = 0; j < n; ++j) {
    nearest.q.pattern.indices.push_back(static_cast<int>(j));
    nearest.q.pattern.offsets.push_back(static_cast<int>(j + 1));
  }
  nearest.q.values.assign(n, 1.0);
  nearest.c.assign(n, 0.0);
  return solutionOf(la, nearest);
}

}  // namespace nonconvex
