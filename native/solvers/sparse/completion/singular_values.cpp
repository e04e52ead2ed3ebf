#include "solvers/sparse/completion/singular_values.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "linalg/jacobi_svd.hpp"
#include "linalg/vectors.hpp"
#include "methods/stiefel/frames.hpp"

namespace nonconvex {
namespace {

struct SingularTuning {
  static constexpr int krylovSize = 30;          ///< safeguard: vectors until a restart, which take memory
  static constexpr int mostRestarts = 40;        ///< safeguard: restarts at the best vector
  static constexpr double settledValue = 1e-11;  ///< rounding: relative change of the largest value that ends them
};

}  // namespace

/// Longer than most: the bidiagonalisation and what is made of it, which share its vectors.
SingularTriplets largestSingularValues(int m, int n, const Product& multiply, const Product& multiplyTransposed,
                                       int wanted, std::uint64_t seed) {
  const int size = std::min({SingularTuning::krylovSize, m, n});
  HostMatrix<double> u(m, size), v(n, size + 1);
  const Random random(seed);
  for (int j = 0; j < n; ++j) v(j, 0) = random.normal(at(j));
  SingularTriplets top;
  double before = 0;
  for (int restart = 0; restart < SingularTuning::mostRestarts; ++restart) {
    const std::span<double> first(v.column(0), at(n));
    const double length = std::sqrt(norm2Squared(first));
    for (double& each : first) each /= length;
    // A V = U B with B upper bidiagonal.
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
    JacobiSvd svd(count, count);
    svd.decompose(b.view().block(0, 0, count, count));
    const int kept = std::min(wanted, count);
    top.values.assign(at(kept), 0);
    top.left = HostMatrix<double>(m, kept);
    top.right = HostMatrix<double>(n, kept);
    for (int k = 0; k < kept; ++k) {
      const std::span<double> right(top.right.column(k), at(n)), left(top.left.column(k), at(m));
      for (int j = 0; j < count; ++j) axpy(svd.right(k)[j], {v.column(j), at(n)}, right);
      multiply(right, left);
      top.values[at(k)] = std::sqrt(norm2Squared(left));
      if (top.values[at(k)] == 0) continue;
      for (double& each : left) each /= top.values[at(k)];
    }
    const double now = top.values[0];
    if (count < size || now - before <= SingularTuning::settledValue * now) break;
    before = now;
    std::copy_n(top.right.column(0), n, v.column(0));
    // A little of the next ones, which the first hides where it is nearly exact.
    for (int k = 1; k < kept; ++k) axpy(0.1, {top.right.column(k), at(n)}, {v.column(0), at(n)});
  }
  return top;
}

}  // namespace nonconvex
