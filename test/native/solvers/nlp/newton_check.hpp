// Is a point a local minimum of  min f(x) subject to c(x) = 0?  Dense algebra of its own, on derivatives evaluated
// anew.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "problems/nlp.hpp"

namespace check {

using Column = std::vector<double>;
using Columns = std::vector<Column>;

inline double inner(const Column& a, const Column& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline double greatest(std::span<const double> v) {
  double most = 0;
  for (const double value : v) most = std::abs(value) > most || std::isnan(value) ? std::abs(value) : most;
  return most;
}

/// An orthonormal basis of the vectors that are orthogonal to all rows: of the unit vectors, what is left of them.
/// Modified Gram-Schmidt, twice, always with the longest vector that is left.
inline Columns nullSpace(Columns rows, std::size_t n, double tolerance) {
  Columns basis;
  const auto takeLongest = [&](Columns& from) {
    std::size_t longest = 0;
    for (std::size_t k = 1; k < from.size(); ++k) {
      if (inner(from[k], from[k]) > inner(from[longest], from[longest])) longest = k;
    }
    Column next = std::move(from[longest]);
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(longest));
    for (int pass = 0; pass < 2; ++pass) {
      for (const Column& q : basis) {
        const double along = inner(q, next);
        for (std::size_t i = 0; i < n; ++i) next[i] -= along * q[i];
      }
    }
    const double size = std::sqrt(inner(next, next));
    for (double& value : next) value /= size;
    for (Column& other : from) {
      const double along = inner(next, other);
      for (std::size_t i = 0; i < n; ++i) other[i] -= along * next[i];
    }
    basis.push_back(std::move(next));
  };
  double size = 0;
  for (const Column& row : rows) size = std::max(size, std::sqrt(inner(row, row)));
  const auto longEnough = [&](const Columns& from) {
    return std::any_of(from.begin(), from.end(),
                       [&](const Column& v) { return inner(v, v) > tolerance * tolerance * size * size; });
  };
  while (longEnough(rows)) takeLongest(rows);
  const std::size_t rank = basis.size();
  Columns units(n, Column(n, 0));
  for (std::size_t k = 0; k < n; ++k) {
    units[k][k] = 1;
    for (const Column& q : basis) {
      const double along = q[k];
      for (std::size_t i = 0; i < n; ++i) units[k][i] -= along * q[i];
    }
  }
  while (basis.size() < n) takeLongest(units);
  return {basis.begin() + static_cast<std::ptrdiff_t>(rank), basis.end()};
}

/// Least eigenvalue of a symmetric matrix, by Jacobi's rotations.
inline double leastEigenvalue(Columns a) {
  const std::size_t n = a.size();
  double least = HUGE_VAL;
  for (int sweep = 0; sweep < 30; ++sweep) {
    double off = 0, all = 0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = 0; q < n; ++q) (p == q ? all : off) += a[p][q] * a[p][q];
    }
    if (off <= 1e-24 * (all + off)) break;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (a[p][q] == 0) continue;
        const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const double t = std::copysign(1 / (std::abs(theta) + std::hypot(theta, 1)), theta);
        const double c = 1 / std::hypot(t, 1), s = t * c;
        for (std::size_t k = 0; k < n; ++k) {
          const double x = a[k][p], y = a[k][q];
          a[k][p] = c * x - s * y;
          a[k][q] = s * x + c * y;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double x = a[p][k], y = a[q][k];
          a[p][k] = c * x - s * y;
          a[q][k] = s * x + c * y;
        }
      }
    }
  }
  for (std::size_t k = 0; k < n; ++k) least = std::min(least, a[k][k]);
  return least;
}

struct Conditions {
  double objective = 0;
  double residual = 0;     ///< max(||g||_inf / s_d, ||c||_inf) with Ipopt's scaling, as docs/nlp.md defines it
  double feasibility = 0;  ///< ||c||_inf
  double leastCurvature =
      0;  ///< least eigenvalue of Z^T H Z by max |H_ij|, Z a basis of the null space of J; 0 if that is {0}
};

/// lambda: multipliers of L = f + lambda^T c, neither scaled.
inline Conditions conditionsAt(nonconvex::Nlp& nlp, std::span<const double> start, std::span<const double> x,
                               std::span<const double> lambda, bool scaling = true) {
  const auto n = static_cast<std::size_t>(nlp.variables());
  const auto m = static_cast<std::size_t>(nlp.constraints());
  const nonconvex::SparsePattern& rows = nlp.jacobianPattern();
  const nonconvex::SparsePattern& columns = nlp.hessianPattern();
  Column g(n), c(m), J(rows.nonzeros()), H(columns.nonzeros()), scales(m, 1);
  const auto row = [&](std::size_t i) {
    return std::span(J).subspan(static_cast<std::size_t>(rows.offsets[i]), rows.line(static_cast<int>(i)).size());
  };
  const auto scaleFor = [](double size) { return size > 100 ? std::max(1e-8, 100 / size) : 1; };
  double scale = 1;
  if (scaling) {
    nlp.moveTo(start);
    nlp.gradient(g);
    nlp.jacobian(J);
    scale = scaleFor(greatest(g));
    for (std::size_t i = 0; i < m; ++i) scales[i] = scaleFor(greatest(row(i)));
  }
  Conditions out;
  nlp.moveTo(x);
  nlp.gradient(g);
  nlp.jacobian(J);
  nlp.constraintValues(c);
  nlp.hessian(1, lambda, H);
  out.objective = nlp.objective();
  double multipliers = 0;
  Columns dense(m, Column(n, 0));
  for (std::size_t i = 0; i < m; ++i) {
    out.feasibility = std::max(out.feasibility, std::abs(c[i]));
    out.residual = std::max(out.residual, std::abs(c[i]) * scales[i]);
    multipliers += std::abs(lambda[i] * scale / scales[i]);
    const auto indices = rows.line(static_cast<int>(i));
    for (std::size_t k = 0; k < indices.size(); ++k) {
      const auto j = static_cast<std::size_t>(indices[k]);
      dense[i][j] = row(i)[k] * scales[i];
      g[j] += lambda[i] * row(i)[k];
    }
  }
  const double mean = m > 0 ? multipliers / static_cast<double>(m) : 0;
  out.residual = std::max(out.residual, greatest(g) * scale / std::min(std::max(100.0, mean) / 100, 1e8));
  const Columns Z = nullSpace(dense, n, 1e-7);
  if (Z.empty()) return out;
  Columns HZ(Z.size(), Column(n, 0)), reduced(Z.size(), Column(Z.size()));
  for (std::size_t k = 0; k < Z.size(); ++k) {
    for (std::size_t j = 0; j < n; ++j) {
      const auto indices = columns.line(static_cast<int>(j));
      for (std::size_t e = 0; e < indices.size(); ++e) {
        const auto i = static_cast<std::size_t>(indices[e]);
        const double h = H[static_cast<std::size_t>(columns.offsets[j]) + e];
        HZ[k][i] += h * Z[k][j];
        if (i != j) HZ[k][j] += h * Z[k][i];
      }
    }
  }
  for (std::size_t k = 0; k < Z.size(); ++k) {
    for (std::size_t l = 0; l < Z.size(); ++l) reduced[k][l] = inner(Z[k], HZ[l]);
  }
  const double size = greatest(H);
  out.leastCurvature = size > 0 ? leastEigenvalue(reduced) / size : 0;
  return out;
}

}  // namespace check
