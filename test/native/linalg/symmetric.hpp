// Symmetric matrices for the tests of factorisations, and plain means to check them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/random.hpp"
#include "linalg/ldl_front.hpp"

namespace symmetric {

/// Its lower triangle counts.
struct Symmetric {
  int n;
  std::vector<double> entries;

  explicit Symmetric(int order)
      : n(order), entries(static_cast<std::size_t>(order) * static_cast<std::size_t>(order)) {}
  std::size_t at(int i, int j) const {
    return static_cast<std::size_t>(j) * static_cast<std::size_t>(n) + static_cast<std::size_t>(i);
  }
  double& operator()(int i, int j) { return entries[i >= j ? at(i, j) : at(j, i)]; }
  double operator()(int i, int j) const { return entries[i >= j ? at(i, j) : at(j, i)]; }
};

inline std::vector<double> randomVector(int n, int seed) {
  const nonconvex::Random random(static_cast<std::uint64_t>(seed), 1);
  std::vector<double> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = random.normal(i);
  return x;
}

inline Symmetric randomSymmetric(int n, int seed) {
  Symmetric a(n);
  a.entries = randomVector(n * n, seed);
  return a;
}

/// [H G^T; G 0] with H positive definite, G of full rank (almost surely): n positive eigenvalues, m negative.
inline Symmetric saddlePoint(int n, int m, int seed) {
  Symmetric a(n + m);
  const std::vector<double> g = randomVector((n + m) * n, seed);
  std::size_t next = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) a(i, j) = g[next++] / n;
    a(i, i) = 3;
  }
  for (int i = n; i < n + m; ++i) {
    for (int j = 0; j < n; ++j) a(i, j) = g[next++];
  }
  return a;
}

/// T^T diag(d) T in turned order, T unit upper triangular, d of random signs and `zeros` zeros.
inline Symmetric congruent(int n, int zeros, int seed, nonconvex::Inertia& inertia) {
  const std::vector<double> t = randomVector(n * n + n, seed);
  const auto entry = [&](int i, int j) {  // T_ij, small so that T stays well conditioned
    if (i == j) return 1.0;
    return i < j ? t[static_cast<std::size_t>(i) * static_cast<std::size_t>(n) + static_cast<std::size_t>(j)] / n : 0.0;
  };
  std::vector<double> d(static_cast<std::size_t>(n));
  for (int k = 0; k < n; ++k) {
    const double x = t[static_cast<std::size_t>(n) * static_cast<std::size_t>(n) + static_cast<std::size_t>(k)];
    d[static_cast<std::size_t>(k)] = k % 7 == 3 && zeros > 0 ? 0.0 : (x > 0 ? 1 : -1) * (0.5 + std::abs(x));
    if (d[static_cast<std::size_t>(k)] == 0) --zeros;
  }
  inertia = {};
  for (const double x : d) ++(x > 0 ? inertia.positive : x < 0 ? inertia.negative : inertia.zero);
  Symmetric a(n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = 0;
      for (int k = 0; k <= j; ++k) sum += entry(k, i) * d[static_cast<std::size_t>(k)] * entry(k, j);
      a((i * 17 + 5) % n, (j * 17 + 5) % n) = sum;  // needs n without the factor 17
    }
  }
  return a;
}

/// Eigenvalues by Jacobi's rotations.
inline std::vector<double> eigenvalues(Symmetric a) {
  const int n = a.n;
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0;
    for (int p = 0; p < n; ++p) {
      for (int q = p + 1; q < n; ++q) {
        if (a(p, q) == 0) continue;
        off += a(p, q) * a(p, q);
        const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        for (int k = 0; k < n; ++k) {
          if (k == p || k == q) continue;
          const double x = a(k, p), y = a(k, q);
          a(k, p) = c * x - s * y;
          a(k, q) = s * x + c * y;
        }
        const double x = a(p, p), y = a(q, q), z = a(p, q);
        a(p, p) = x - t * z;
        a(q, q) = y + t * z;
        a(p, q) = 0;
      }
    }
    if (off < 1e-30) break;
  }
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(a(i, i));
  return values;
}

inline nonconvex::Inertia signs(const std::vector<double>& values) {
  nonconvex::Inertia inertia;
  for (const double x : values) ++(std::abs(x) < 1e-13 ? inertia.zero : x > 0 ? inertia.positive : inertia.negative);
  return inertia;
}

inline bool same(const nonconvex::Inertia& a, const nonconvex::Inertia& b) {
  if (a == b) return true;
  std::fprintf(stderr, "  inertia %d %d %d (%d), expected %d %d %d (%d)\n", a.positive, a.negative, a.zero, a.undefined,
               b.positive, b.negative, b.zero, b.undefined);
  return false;
}

/// |A x - b| / (|A| |x| + |b|), maximum norms.
inline double backwardError(const Symmetric& a, const double* x, const double* b) {
  double residual = 0, norm = 0, size = 0, right = 0;
  for (int i = 0; i < a.n; ++i) {
    double sum = 0, row = 0;
    for (int j = 0; j < a.n; ++j) {
      sum += a(i, j) * x[j];
      row += std::abs(a(i, j));
    }
    if (!(std::abs(sum - b[i]) <= residual)) residual = std::abs(sum - b[i]);
    norm = std::max(norm, row);
    size = std::max(size, std::abs(x[i]));
    right = std::max(right, std::abs(b[i]));
  }
  return residual == 0 ? 0 : residual / (norm * size + right);
}

}  // namespace symmetric
