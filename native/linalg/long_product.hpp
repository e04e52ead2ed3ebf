// Products of matrices whose inner dimension is by far the longest.
#pragma once

#include <algorithm>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// C = alpha A B + beta C. Large A that have many more columns than rows are cut between columns, and the products of
/// the pieces are added in order: `Cpu::gemm` cuts C, whose pieces are then so thin that copying A into panels takes as
/// long as multiplying it. Keeps the memory of the pieces.
class LongProduct {
 public:
  void multiply(const Cpu& la, double alpha, Mat<const double> a, Mat<const double> b, double beta, Mat<double> c) {
    const double size = static_cast<double>(a.rows) * a.cols;
    if (size < leastSize || a.cols < 4 * a.rows) {
      return la.gemm(Transpose::no, Transpose::no, alpha, a, b, beta, c);
    }
    const int entries = c.rows * c.cols;
    if (partial_.rows() < entries) partial_ = HostMatrix<double>(entries, pieces, Uninitialized{});
    const int length = (a.cols + pieces - 1) / pieces;
    la.tasks(pieces, [&](int piece) {
      const int begin = std::min(a.cols, piece * length);
      const int count = std::min(length, a.cols - begin);
      blas::gemm('N', 'N', c.rows, c.cols, count, alpha, a.column(begin), a.stride, b.data + begin, b.stride, 0.0,
                 partial_.column(piece), c.rows);
    });
    la.forEach(c.rows, c.cols, [&](int i, int j) {
      double sum = beta == 0 ? 0 : beta * c(i, j);
      for (int piece = 0; piece < pieces; ++piece) sum += partial_(j * c.rows + i, piece);
      c(i, j) = sum;
    });
  }

 private:
  static constexpr int pieces = 12;         // shared out over threads
  static constexpr double leastSize = 1e6;  // multiplications below which threads take longer to begin

  HostMatrix<double> partial_;  // entries of C x pieces
};

}  // namespace nonconvex
