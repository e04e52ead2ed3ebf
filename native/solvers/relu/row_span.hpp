// Rows of data that has more columns than rows, in coordinates of the subspace that they span.
#pragma once

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// X = Y Q^T with Q an orthonormal basis of the span of the rows, by Gram and Schmidt. A neuron u and its projection
/// Q Q^T u have the same products with all rows, and the projection is not longer: minimisers lie in the span.
class ReluRowSpan {
 public:
  /// Returns true if the rows are so few that the basis costs little beside a descent, whose steps it makes cheap.
  static bool pays(Mat<const double> xt) { return 2 * xt.cols <= xt.rows && xt.cols <= 500; }

  /// `xt` is d x n: column k is row k.
  explicit ReluRowSpan(Mat<const double> xt) : basis_(xt.rows, xt.cols), yt_(xt.cols, xt.cols) {
    for (int k = 0; k < xt.cols; ++k) add(xt.column(k), k);
  }

  /// Y^T, a column a row; as many rows; the rows beyond the rank are 0.
  Mat<const double> yt() const { return yt_; }
  /// to := Q^T u for each column u.
  void toSpan(Mat<const double> u, Mat<double> to) const {
    blas::gemm('T', 'N', to.rows, to.cols, u.rows, 1.0, basis_.data(), basis_.rows(), u.data, u.stride, 0.0, to.data,
               to.stride);
  }
  /// to := Q w for each column w.
  void fromSpan(Mat<const double> w, Mat<double> to) const {
    blas::gemm('N', 'N', to.rows, to.cols, w.rows, 1.0, basis_.data(), basis_.rows(), w.data, w.stride, 0.0, to.data,
               to.stride);
  }

 private:
  struct Tuning {
    /// rounding: The share of a row below which its rest is rounding.
    static constexpr double dependent = 1e-12;
  };

  void add(const double* row, int k) {
    const int d = basis_.rows();
    double* rest = basis_.column(k);
    double* y = yt_.column(k);
    std::copy(row, row + d, rest);
    for (int pass = 0; pass < 2; ++pass) {  // twice is enough
      for (int j = 0; j < k; ++j) {
        const double along = blas::dot(d, basis_.column(j), rest);
        blas::axpy(d, -along, basis_.column(j), rest);
        y[j] += along;
      }
    }
    const double length = blas::nrm2(d, rest);
    const bool independent = length > Tuning::dependent * blas::nrm2(d, row);
    if (independent) y[k] = length;
    for (int i = 0; i < d; ++i) rest[i] = independent ? rest[i] / length : 0.0;
  }

  HostMatrix<double> basis_;  // d x n
  HostMatrix<double> yt_;     // n x n
};

}  // namespace nonconvex
