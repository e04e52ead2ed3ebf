#include "linalg/jacobi_svd.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {
namespace {

constexpr int mostSweeps = 60;  // it takes about ten without a good start

/// (a, b) := (c a - s b, s a + c b)
void rotate(int n, double c, double s, double* a, double* b) {
  for (int i = 0; i < n; ++i) {
    const double ai = a[i];
    a[i] = c * ai - s * b[i];
    b[i] = s * ai + c * b[i];
  }
}

}  // namespace

JacobiSvd::JacobiSvd(int rows, int cols)
    : transposed_(cols > rows),
      long_(std::max(rows, cols)),
      short_(std::min(rows, cols)),
      work_(long_, short_, Uninitialized{}),
      rotations_(short_, short_),
      values_(at(short_)),
      order_(at(short_)) {
  for (int k = 0; k < short_; ++k) rotations_(k, k) = 1;
}

void JacobiSvd::decompose(Mat<const double> a, const std::function<void()>& pause) {
  orthogonalizeRotations(pause);
  product(a, pause);
  for (int k = 0; k < mostSweeps && sweep(pause); ++k) {
  }
  finish(pause);
}

/// Takes away what rounding has added up to over many decompositions, by Gram and Schmidt's method.
void JacobiSvd::orthogonalizeRotations(const std::function<void()>& pause) {
  for (int j = 0; j < short_; ++j) {
    if (pause) pause();
    double* column = rotations_.column(j);
    for (int k = 0; k < j; ++k) {
      blas::axpy(short_, -blas::dot(short_, rotations_.column(k), column), rotations_.column(k), column);
    }
    const double norm = blas::nrm2(short_, column);
    for (int i = 0; i < short_; ++i) column[i] /= norm;
  }
}

void JacobiSvd::product(Mat<const double> a, const std::function<void()>& pause) {
  constexpr double operationsAtOnce = 3e7;
  const int rows = static_cast<int>(std::min<double>(long_, operationsAtOnce / short_ / short_ + 64));
  if (pause && !std::exchange(touched_, true)) touchInPieces(work_.data(), work_.size(), pause);
  for (int from = 0; from < long_; from += rows) {
    if (pause) pause();
    const double* part = transposed_ ? a.column(from) : a.data + from;
    blas::gemm(transposed_ ? 'T' : 'N', 'N', std::min(rows, long_ - from), short_, short_, 1.0, part, a.stride,
               rotations_.data(), short_, 0.0, work_.data() + from, long_);
  }
}

/// Makes each pair of columns orthogonal in its turn; whether some pair was not.
bool JacobiSvd::sweep(const std::function<void()>& pause) {
  constexpr int longColumn = 1000;  // the length at which a pair takes some microseconds
  double total = 0;
  for (int j = 0; j < short_; ++j) total += blas::dot(long_, work_.column(j), work_.column(j));
  // Columns this short are zero beside the rounding of the others.
  const double nothing = machineEpsilon * machineEpsilon * total;
  bool rotated = false;
  for (int p = 0; p < short_; ++p) {
    if (pause) pause();
    for (int q = p + 1; q < short_; ++q) {
      if (pause && long_ > longColumn) pause();
      double* a = work_.column(p);
      double* b = work_.column(q);
      const double aa = blas::dot(long_, a, a), bb = blas::dot(long_, b, b), ab = blas::dot(long_, a, b);
      if (!(std::abs(ab) > 8 * machineEpsilon * std::sqrt(aa * bb)) || !(std::abs(ab) > nothing)) continue;
      const double zeta = (bb - aa) / (2 * ab);
      const double t = std::copysign(1 / (std::abs(zeta) + std::hypot(1, zeta)), zeta);
      const double c = 1 / std::hypot(1, t);
      rotate(long_, c, c * t, a, b);
      rotate(short_, c, c * t, rotations_.column(p), rotations_.column(q));
      rotated = true;
    }
  }
  return rotated;
}

/// Lengths of the columns, which become unit vectors, and their order.
void JacobiSvd::finish(const std::function<void()>& pause) {
  for (int j = 0; j < short_; ++j) {
    if (pause) pause();
    double* column = work_.column(j);
    const double norm = blas::nrm2(long_, column);
    values_[at(j)] = norm;
    for (int i = 0; i < long_ && norm > 0; ++i) column[i] /= norm;
  }
  std::iota(order_.begin(), order_.end(), 0);
  // Insertion keeps the order of equal values and asks for no memory.
  for (int k = 1; k < short_; ++k) {
    for (int j = k; j > 0 && values_[at(order_[at(j)])] > values_[at(order_[at(j - 1)])]; --j) {
      std::swap(order_[at(j)], order_[at(j - 1)]);
    }
  }
}

}  // namespace nonconvex
