#include "solvers/sparse/completion/singular_values.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "linalg/vectors.hpp"
#include "methods/one_dimensional/order.hpp"
#include "methods/stiefel/frames.hpp"

namespace nonconvex {
namespace {

constexpr int mostRotations = 40;  // sweeps of Jacobi's method
constexpr int krylovSize = 30;     // vectors until it begins anew
constexpr int mostRestarts = 40;
constexpr double settledValue = 1e-11;  // a change of the largest value, relative, that ends it

/// Rotates rows and columns i and j of a so that a(i, j) becomes 0.
void rotate(HostMatrix<double>& a, HostMatrix<double>& vectors, int i, int j) {
  const double theta = (a(j, j) - a(i, i)) / (2 * a(i, j));
  const double t = (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1));
  const double c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (int k = 0; k < a.rows(); ++k) {
    const double x = a(k, i), y = a(k, j);
    a(k, i) = c * x - s * y;
    a(k, j) = s * x + c * y;
  }
  for (int k = 0; k < a.rows(); ++k) {
    const double x = a(i, k), y = a(j, k);
    a(i, k) = c * x - s * y;
    a(j, k) = s * x + c * y;
    const double u = vectors(k, i), v = vectors(k, j);
    vectors(k, i) = c * u - s * v;
    vectors(k, j) = s * u + c * v;
  }
}

}  // namespace

std::vector<double> symmetricEigen(HostMatrix<double>& a, HostMatrix<double>& vectors) {
  const int n = a.rows();
  HostMatrix<double> found(n, n);
  for (int i = 0; i < n; ++i) found(i, i) = 1;
  for (int sweep = 0; sweep < mostRotations; ++sweep) {
    double off = 0, size = 0;
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < n; ++i) (i == j ? size : off) += square(a(i, j));
    }
    if (off <= 1e-32 * size) break;
    for (int i = 0; i < n; ++i) {
      for (int j = i + 1; j < n; ++j) {
        if (a(i, j) != 0) rotate(a, found, i, j);
      }
    }
  }
  std::vector<double> diagonal, values;
  for (int i = 0; i < n; ++i) diagonal.push_back(a(i, i));
  vectors = HostMatrix<double>(n, n);
  for (const int i : fallingOrder(diagonal)) {
    std::copy_n(found.column(i), n, vectors.column(static_cast<int>(values.size())));
    values.push_back(diagonal[at(i)]);
  }
  return values;
}

/// Longer than most: the bidiagonalisation and what is made of it, which share its vectors.
SingularTriplets largestSingularValues(int m, int n, const Product& multiply, const Product& multiplyTransposed,
                                       int wanted, std::uint64_t seed) {
  const int size = std::min({krylovSize, m, n});
  HostMatrix<double> u(m, size), v(n, size + 1);
  const Random random(seed);
  for (int j = 0; j < n; ++j) v(j, 0) = random.normal(at(j));
  SingularTriplets top;
  double before = 0;
  for (int restart = 0; restart < mostRestarts; ++restart) {
    const std::span<double> first(v.column(0), at(n));
    const double length = std::sqrt(norm2Squared(first));
    for (double& each : first) each /= length;
    // A V = U B with B upper bidiagonal: its entries are kept as the small Gram matrix B^T B needs them.
    HostMatrix<double> b(size, size);
    int count = 0;
    for (int k = 0; k < size; ++k) {
      const std::span<double> left(u.column(k), at(m)), right(v.column(k), at(n)), next(v.column(k + 1), at(n));
      multiply(right, left);
      for (int i = 0; i < k; ++i) b(i, k) = dot({u.column(i), at(m)}, left);
      b(k, k) = frames::orthogonalize(u.columns(0, k), left);
      ++count;
      if (b(k, k) <= 1e-14 * b(0, 0) || b(k, k) == 0) break;
      for (double& each : left) each /= b(k, k);
      multiplyTransposed(left, next);
      const double rest = frames::orthogonalize(v.columns(0, k + 1), next);
      if (rest <= 1e-14 * b(0, 0)) break;
      for (double& each : next) each /= rest;
    }
    HostMatrix<double> gram(count, count), vectors;
    for (int i = 0; i < count; ++i) {
      for (int j = 0; j < count; ++j) {
        for (int k = 0; k < count; ++k) gram(i, j) += b(k, i) * b(k, j);
      }
    }
    const std::vector<double> squares = symmetricEigen(gram, vectors);
    const int kept = std::min(wanted, count);
    top.values.assign(at(kept), 0);
    top.left = HostMatrix<double>(m, kept);
    top.right = HostMatrix<double>(n, kept);
    for (int k = 0; k < kept; ++k) {
      const std::span<double> right(top.right.column(k), at(n)), left(top.left.column(k), at(m));
      for (int j = 0; j < count; ++j) axpy(vectors(j, k), {v.column(j), at(n)}, right);
      multiply(right, left);
      top.values[at(k)] = std::sqrt(norm2Squared(left));
      if (top.values[at(k)] == 0) continue;
      for (double& each : left) each /= top.values[at(k)];
    }
    const double now = top.values[0];
    if (count < size || now - before <= settledValue * now) break;
    before = now;
    std::copy_n(top.right.column(0), n, v.column(0));
    // A little of the next ones, which the first hides where it is nearly exact.
    for (int k = 1; k < kept; ++k) axpy(0.1, {top.right.column(k), at(n)}, {v.column(0), at(n)});
  }
  return top;
}

}  // namespace nonconvex
