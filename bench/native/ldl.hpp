// KKT systems [H J^T; J 0] for the benchmarks of factorisations: lower triangles, variables before multipliers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex::bench {

class Kkt {
 public:
  SparsePattern pattern;
  std::vector<double> values;

  Kkt(int n, int m) : n_(n), m_(m) { pattern.lines = pattern.width = n + m; }

  int order() const { return n_ + m_; }
  int constraints() const { return m_; }

  void hessian(int i, int j, double value) { add(std::max(i, j), std::min(i, j), value); }
  void jacobian(int constraint, int variable, double value) { add(n_ + constraint, variable, value); }

  /// Sorts what was added. Places must differ.
  void finish() {
    std::vector<int> next(static_cast<std::size_t>(order()) + 1, 0);
    for (const Entry& e : entries_) ++next[static_cast<std::size_t>(e.column) + 1];
    for (std::size_t j = 0; j + 1 < next.size(); ++j) next[j + 1] += next[j];
    pattern.offsets = next;
    std::vector<Entry> sorted(entries_.size());
    for (const Entry& e : entries_) sorted[static_cast<std::size_t>(next[static_cast<std::size_t>(e.column)]++)] = e;
    for (int j = 0; j < order(); ++j) {
      std::sort(sorted.begin() + pattern.offsets[static_cast<std::size_t>(j)],
                sorted.begin() + pattern.offsets[static_cast<std::size_t>(j) + 1],
                [](const Entry& a, const Entry& b) { return a.row < b.row; });
    }
    for (const Entry& e : sorted) {
      pattern.indices.push_back(e.row);
      values.push_back(e.value);
    }
    entries_ = {};
  }

 private:
  struct Entry {
    int row, column;
    double value;
  };

  void add(int row, int column, double value) { entries_.push_back({row, column, value}); }

  int n_, m_;
  std::vector<Entry> entries_;
};

/// min 1/2 |u - d|^2 + 0.05 |z|^2 subject to Lap_h u + z = 0 on a grid of side^dimensions points.
inline Kkt controlKkt(int side, int dimensions = 2) {
  int n = 1;
  for (int d = 0; d < dimensions; ++d) n *= side;
  const double h = 2.0 / (side + 1), scale = 1 / (h * h);
  Kkt kkt(2 * n, n);
  for (int i = 0; i < n; ++i) {
    kkt.hessian(i, i, 1);
    kkt.hessian(n + i, n + i, 0.1);
    kkt.jacobian(i, n + i, 1);
    kkt.jacobian(i, i, -2 * dimensions * scale);
    for (int d = 0, step = 1; d < dimensions; ++d, step *= side) {
      const int place = i / step % side;
      if (place > 0) kkt.jacobian(i, i - step, scale);
      if (place < side - 1) kkt.jacobian(i, i + step, scale);
    }
  }
  kkt.finish();
  return kkt;
}

/// KKT matrix as of the problems LUKVLE: a Hessian of chained Rosenbrock functions, constraints that each touch three
/// neighbouring variables. `dense` further constraints touch all variables.
inline Kkt chainKkt(int n, int dense = 0) {
  const Random random(3);
  Kkt kkt(n, n - 2 + dense);
  std::uint64_t k = 0;
  for (int i = 0; i < n; ++i) {
    const double x = 2 * random.uniform(k++) - 1;
    kkt.hessian(i, i, 1200 * x * x - 398);
    if (i + 1 < n) kkt.hessian(i + 1, i, -400 * x);
  }
  for (int i = 0; i < n - 2; ++i) {
    for (int t = 0; t < 3; ++t) kkt.jacobian(i, i + t, random.normal(k++));
  }
  for (int c = 0; c < dense; ++c) {
    for (int i = 0; i < n; ++i) kkt.jacobian(n - 2 + c, i, random.normal(k++));
  }
  kkt.finish();
  return kkt;
}

/// Pairs of variables on circles, and one variable in all terms of the objective.
inline Kkt arrow(int n) {
  const Random random(4);
  const int circles = (n - 1) / 2;
  Kkt kkt(2 * circles + 1, circles);
  std::uint64_t k = 0;
  kkt.hessian(2 * circles, 2 * circles, 1);
  for (int i = 0; i < 2 * circles; ++i) {
    kkt.hessian(i, i, 1 + random.uniform(k++));
    kkt.hessian(2 * circles, i, random.normal(k++));
    kkt.jacobian(i / 2, i, random.normal(k++));
  }
  kkt.finish();
  return kkt;
}

/// KKT matrix as of ELEC: points on a sphere, all of which act on all others.
inline Kkt sphere(int points) {
  const Random random(5);
  Kkt kkt(3 * points, points);
  std::uint64_t k = 0;
  for (int i = 0; i < 3 * points; ++i) {
    for (int j = 0; j <= i; ++j) kkt.hessian(i, j, random.normal(k++));
    kkt.jacobian(i / 3, i, random.normal(k++));
  }
  kkt.finish();
  return kkt;
}

/// Hessian of a function whose terms have `width` neighbouring variables, such as chained Rosenbrock for 2; diagonally
/// dominant, without constraints.
inline Kkt banded(int n, int width) {
  const Random random(6);
  Kkt kkt(n, 0);
  std::uint64_t k = 0;
  for (int i = 0; i < n; ++i) {
    kkt.hessian(i, i, 3.0 * width * (1 + random.uniform(k++)));
    for (int d = 1; d < width && i + d < n; ++d) kkt.hessian(i + d, i, random.normal(k++));
  }
  kkt.finish();
  return kkt;
}

/// The five-point Laplacian of a square grid, with random diagonals.
inline Kkt grid(int side) {
  const Random random(7);
  Kkt kkt(side * side, 0);
  for (int i = 0; i < side * side; ++i) {
    kkt.hessian(i, i, 4 + random.uniform(static_cast<std::uint64_t>(i)));
    if (i % side + 1 < side) kkt.hessian(i + 1, i, -1);
    if (i + side < side * side) kkt.hessian(i + side, i, -1);
  }
  kkt.finish();
  return kkt;
}

/// "tridiagonal:10000", "banded:10000" (five bands below the diagonal), "grid:100", "control:64", "control3:20",
/// "chain:100000", "rows:20000" (five dense constraints), "arrow:100000", "sphere:100".
inline Kkt kktOf(const std::string& name) {
  const std::size_t colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  const int size = colon == std::string::npos ? 0 : std::stoi(name.substr(colon + 1));
  if (kind == "tridiagonal" && size > 0) return banded(size, 2);
  if (kind == "banded" && size > 0) return banded(size, 6);
  if (kind == "grid" && size > 0) return grid(size);
  if (kind == "control" && size > 0) return controlKkt(size);
  if (kind == "control3" && size > 0) return controlKkt(size, 3);
  if (kind == "chain" && size > 2) return chainKkt(size);
  if (kind == "rows" && size > 2) return chainKkt(size, 5);
  if (kind == "arrow" && size > 2) return arrow(size);
  if (kind == "sphere" && size > 0) return sphere(size);
  throw std::runtime_error("unknown problem " + name);
}

}  // namespace nonconvex::bench
