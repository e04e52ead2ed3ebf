#include "linalg/cpu.hpp"

#include <cmath>

#include "linalg/by_tiles.hpp"

namespace nonconvex {
namespace {

using byTiles::tile;
using byTiles::tileSize;
using byTiles::tilesOf;

/// Pieces to cut `extent` into: about 12 for large products, one where a piece would be too small to be worth handing
/// out.
int pieceSize(int extent, double flopsPerUnit, int multiple) {
  constexpr double leastFlops = 4e5;
  const int wanted =
      std::max((extent + 11) / 12, static_cast<int>(std::min(1e9, std::ceil(leastFlops / flopsPerUnit))));
  return std::min(extent, (wanted + multiple - 1) / multiple * multiple);
}

}  // namespace

void Cpu::gemm(Transpose opA, Transpose opB, double alpha, Mat<const double> a, Mat<const double> b, double beta,
               Mat<double> c) const {
  const int k = opA == Transpose::no ? a.cols : a.rows;
  const auto multiply = [&](int i, int j, int m, int n) {
    const double* pa = opA == Transpose::no ? a.data + i : a.column(i);
    const double* pb = opB == Transpose::no ? b.column(j) : b.data + j;
    if (n == 1 && k > 0 && opB == Transpose::no) {  // gemv would leave C as it is where k = 0
      const bool plain = opA == Transpose::no;
      blas::gemv(static_cast<char>(opA), plain ? m : k, plain ? k : m, alpha, pa, a.stride, pb, beta, &c(i, j));
    } else {
      blas::gemm(static_cast<char>(opA), static_cast<char>(opB), m, n, k, alpha, pa, a.stride, pb, b.stride, beta,
                 &c(i, j), c.stride);
    }
  };
  if (c.rows == 0 || c.cols == 0) return;
  if (c.rows >= c.cols) {
    const int piece = pieceSize(c.rows, 2.0 * c.cols * k, 24);
    tasks((c.rows + piece - 1) / piece,
          [&](int t) { multiply(t * piece, 0, std::min(piece, c.rows - t * piece), c.cols); });
  } else {
    const int piece = pieceSize(c.cols, 2.0 * c.rows * k, 8);
    tasks((c.cols + piece - 1) / piece,
          [&](int t) { multiply(0, t * piece, c.rows, std::min(piece, c.cols - t * piece)); });
  }
}

void Cpu::gemmWithAborts(Transpose opA, Transpose opB, double alpha, Mat<const double> a, Mat<const double> b,
                         double beta, Mat<double> c) const {
  constexpr double operationsAtOnce = 1e8;
  const int k = opA == Transpose::no ? a.cols : a.rows;
  const bool byRows = c.rows >= c.cols;
  const int extent = byRows ? c.rows : c.cols;
  const double ofOne = std::max(1.0, 2.0 * k * (byRows ? c.cols : c.rows));
  constexpr int multiple = 24 * 8;  // pieces are multiples of the blocks of BLAS kernels
  const int wanted = static_cast<int>(std::min(1e9, threads() * operationsAtOnce / ofOne));
  const int piece = std::max(multiple, wanted / multiple * multiple);
  for (int begin = 0; begin == 0 || begin < extent; begin += piece) {
    abortPoint();
    const int size = std::min(piece, extent - begin);
    if (byRows) {
      const Mat<const double> part = opA == Transpose::no ? a.block(begin, 0, size, a.cols) : a.columns(begin, size);
      gemm(opA, opB, alpha, part, b, beta, c.block(begin, 0, size, c.cols));
    } else {
      const Mat<const double> part = opB == Transpose::no ? b.columns(begin, size) : b.block(begin, 0, size, b.cols);
      gemm(opA, opB, alpha, a, part, beta, c.columns(begin, size));
    }
  }
}

void Cpu::gemv(Transpose op, double alpha, Mat<const double> a, Vec<const double> x, double beta, Vec<double> y) const {
  gemm(op, Transpose::no, alpha, a, {x.data, x.size, 1, std::max(1, x.size)}, beta,
       {y.data, y.size, 1, std::max(1, y.size)});
}

double Cpu::dot(Vec<const double> x, Vec<const double> y) const {
  constexpr int most = 64;
  const int grain = std::max(16384, (x.size + most - 1) / most);
  std::array<double, most> partial{};
  const int chunks = (x.size + grain - 1) / grain;
  tasks(chunks, [&](int chunk) {
    const int begin = chunk * grain;
    partial[static_cast<std::size_t>(chunk)] =
        blas::dot(std::min(grain, x.size - begin), x.data + begin, y.data + begin);
  });
  double total = 0;
  for (int chunk = 0; chunk < chunks; ++chunk) total += partial[static_cast<std::size_t>(chunk)];
  return total;
}

void Cpu::multiplySymmetric(Mat<const double> a, Mat<const double> b, Mat<double> c) const {
  const int n = a.rows;
  constexpr int few = 128;
  constexpr int cached = 1024;
  if (n == 0) return;
  if (b.cols != 1 || n > cached) return gemm(Transpose::yes, Transpose::no, 1.0, a, b, 0.0, c);
  if (n < few) return blas::symvLower(n, 1.0, a.data, a.stride, b.data, 0.0, c.data);
  // A triangle is half the memory to read. Two blocks of rows, each in the cache of its thread, read the block below
  // the diagonal twice and the triangles once.
  const int top = n / 2;
  tasks(
      2,
      [&](int t) {
        const int begin = t == 0 ? 0 : top;
        const int m = t == 0 ? top : n - top;
        blas::symvLower(m, 1.0, &a(begin, begin), a.stride, b.data + begin, 0.0, c.data + begin);
        if (t == 0) {
          blas::gemv('T', n - top, top, 1.0, &a(top, 0), a.stride, b.data + top, 1.0, c.data);
        } else {
          blas::gemv('N', n - top, top, 1.0, &a(top, 0), a.stride, b.data, 1.0, c.data + top);
        }
      },
      2.0 * n * n);
}

bool Cpu::gram(Transpose op, Mat<const double> a, Mat<double> c) const {
  constexpr double operationsAtOnce = 1e8;  // some hundredths of a second
  const int extent = op == Transpose::yes ? a.rows : a.cols;
  const double ofOne = std::max(1.0, static_cast<double>(c.rows) * c.rows);
  const int piece = std::max(1, static_cast<int>(std::min<double>(extent, operationsAtOnce / ofOne)));
  for (int begin = 0; begin == 0 || begin < extent; begin += piece) {
    if (ending()) return false;
    const int size = std::min(piece, extent - begin);
    syrk(op, 1, op == Transpose::yes ? a.block(begin, 0, size, a.cols) : a.columns(begin, size), begin == 0 ? 0 : 1, c);
  }
  mirrorLower(c);
  return true;
}

void Cpu::syrk(Transpose op, double alpha, Mat<const double> a, double beta, Mat<double> c) const {
  byTiles::syrk(*this, static_cast<char>(op), alpha, a, beta, c);
}

void Cpu::mirrorLower(Mat<double> a) const {
  const int n = a.rows;
  constexpr int small = 32;
  const int blocks = (n + small - 1) / small;
  tasks(blocks, [&](int block) {
    const int end = std::min(n, (block + 1) * small);
    for (int i0 = block * small; i0 < n; i0 += small) {
      for (int j = block * small; j < end; ++j) {
        for (int i = std::max(i0, j + 1); i < std::min(n, i0 + small); ++i) a(j, i) = a(i, j);
      }
    }
  });
}

void Cpu::trsm(Side side, Transpose op, double alpha, Mat<const double> l, Mat<double> b) const {
  // Columns of B are apart from each other where L is on the left, rows where it is on the right.
  const bool left = side == Side::left;
  const int extent = left ? b.cols : b.rows;
  if (b.rows == 0 || b.cols == 0) return;
  const int piece = pieceSize(extent, 1.0 * l.rows * l.rows, 8);
  tasks((extent + piece - 1) / piece, [&](int t) {
    const int begin = t * piece;
    const int size = std::min(piece, extent - begin);
    blas::trsmLower(static_cast<char>(side), static_cast<char>(op), left ? b.rows : size, left ? size : b.cols, l.data,
                    l.stride, left ? b.column(begin) : b.data + begin, b.stride, alpha);
  });
}

bool Cpu::cholesky(Mat<double> a) const { return byTiles::cholesky(*this, a); }

void Cpu::choleskySolve(Mat<const double> factor, Mat<double> b) const { byTiles::choleskySolve(*this, factor, b); }

void Cpu::choleskyInverse(Mat<double> factor, Mat<double> inverse) const {
  const int n = factor.rows;
  const int tiles = tilesOf(n);
  // Z = L^{-1}, a block of columns at a time, into `inverse`.
  tasks(tiles, [&](int j) {
    checkpoint();
    const int j0 = j * tile;
    const int nj = tileSize(n, j);
    for (int c = 0; c < nj; ++c) {
      std::fill(inverse.column(j0 + c), inverse.column(j0 + c) + n, 0.0);
      inverse(j0 + c, j0 + c) = 1;
    }
    blas::trsmLower('L', 'N', n - j0, nj, &factor(j0, j0), factor.stride, &inverse(j0, j0), inverse.stride);
  });
  // A^{-1} = Z^T Z, into the memory of the factor, then back.
  tasks(tiles * (tiles + 1) / 2, [&](int t) {
    int i = 0;
    while ((i + 1) * (i + 2) / 2 <= t) ++i;
    const int j = t - i * (i + 1) / 2;
    const int i0 = i * tile;
    checkpoint();
    blas::gemm('T', 'N', tileSize(n, i), tileSize(n, j), n - i0, 1.0, &inverse(i0, i0), inverse.stride,
               &inverse(i0, j * tile), inverse.stride, 0.0, &factor(i0, j * tile), factor.stride);
  });
  mirrorLower(factor);
  forEach(n, [&](int j) { std::copy(factor.column(j), factor.column(j) + n, inverse.column(j)); });
}

}  // namespace nonconvex
