#include "linalg/ldl_dense.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "linalg/blas.hpp"
#include "linalg/equilibrate.hpp"

namespace nonconvex {
namespace {

/// Columns that are read or written between two looks at whether to go on.
int columnsAtOnce(int n) { return std::max(1, (1 << 19) / std::max(1, n)); }

/// out_i = max(out_i, largest |a_ij| s_i s_j) over columns [begin, end) of the column-major lower triangle. False if an
/// entry is not finite.
NONCONVEX_CLONES bool rowMaxima(int n, int begin, int end, const double* a, int stride, const double* s, double* out) {
  double sum = 0;  // a sum of zeros, or NaN
  for (int j = begin; j < end; ++j) {
    const double* column = a + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride);
    constexpr int lanes = 8;
    double own[lanes] = {}, zero[lanes] = {};
    const auto visit = [&](int i, int lane) {
      const double x = std::abs(column[i]) * s[i] * s[j];
      zero[lane] += x * 0;
      out[i] = out[i] < x ? x : out[i];
      own[lane] = own[lane] < x ? x : own[lane];
    };
    int i = j;
    for (; i + lanes <= n; i += lanes) {
      for (int lane = 0; lane < lanes; ++lane) visit(i + lane, lane);
    }
    for (int lane = 0; i < n; ++i, ++lane) visit(i, lane);
    for (int lane = 0; lane < lanes; ++lane) {
      out[j] = out[j] < own[lane] ? own[lane] : out[j];
      sum += zero[lane];
    }
  }
  return sum == 0;
}

constexpr int widestBlock = 64;  // right-hand sides that are solved for at once

}  // namespace

DenseLdl::DenseLdl(int n, const Cpu& la)
    : la_(la),
      l_(static_cast<std::size_t>(n) * static_cast<std::size_t>(n), Uninitialized{}),
      workspace_(eliminationWorkspace(n, n), Uninitialized{}),
      scale_(static_cast<std::size_t>(n)),
      diagonal_(static_cast<std::size_t>(n)),
      below_(static_cast<std::size_t>(n)),
      maxima_(static_cast<std::size_t>(n)),
      x_(static_cast<std::size_t>(n) * widestBlock, Uninitialized{}),
      order_(static_cast<std::size_t>(n)) {}

/// Ruiz's iteration, until rows have a largest entry within a factor of 16 of 1: often the last scales will do. False
/// if a number is not finite.
bool DenseLdl::equilibrate(Mat<const double> a) {
  constexpr int mostPasses = 8;
  constexpr double slack = 16;
  const bool scaled = scaled_ == n_;
  scaled_ = 0;
  if (!scaled) std::fill(scale_.data(), scale_.data() + n_, 1.0);
  for (int pass = 0; pass < mostPasses; ++pass) {
    std::fill(maxima_.data(), maxima_.data() + n_, 0.0);
    bool finite = true;
    forColumns([&](int begin, int end) {
      finite = rowMaxima(n_, begin, end, a.data, a.stride, scale_.data(), maxima_.data()) && finite;
    });
    bool done = finite;
    for (int i = 0; i < n_; ++i) {
      const double most = maxima_[static_cast<std::size_t>(i)];
      done = done && (most == 0 || (most * slack >= 1 && most <= slack));
    }
    if (done) {
      scaled_ = n_;
      break;
    }
    if (scaled && pass == 0) {
      std::fill(scale_.data(), scale_.data() + n_, 1.0);
      continue;
    }
    if (!finite) return false;
    for (int i = 0; i < n_; ++i)
      scale_[static_cast<std::size_t>(i)] *= inverseRoot(maxima_[static_cast<std::size_t>(i)]);
  }
  return true;
}

template <class F>
void DenseLdl::forColumns(F&& f) const {
  for (int begin = 0, most = columnsAtOnce(n_); begin < n_; begin += most) {
    if (begin > 0) la_.checkpoint();
    f(begin, std::min(n_, begin + most));
  }
}

Inertia DenseLdl::factor(Mat<const double> a) {
  require(a.rows == a.cols && static_cast<std::size_t>(a.rows) <= order_.size(), "order", a.rows,
          "expected a square matrix no larger than the one that was announced");
  n_ = a.rows;
  if (!equilibrate(a)) return {.undefined = n_};
  const Mat<double> l{l_.data(), n_, n_, n_};
  forColumns([&](int begin, int end) {
    for (int j = begin; j < end; ++j) {
      const double* from = a.column(j);
      double* to = l.column(j);
      const double s = scale_[static_cast<std::size_t>(j)];
      for (int i = j; i < n_; ++i) to[i] = from[i] * (scale_.data()[i] * s);
    }
  });
  std::iota(order_.begin(), order_.begin() + n_, 0);
  const PivotBlocks pivots{diagonal_.data(), below_.data()};
  // The threshold (1 + sqrt(17)) / 8 of rook pivoting bounds the growth of entries best.
  const PivotRule rule{.threshold = 0.6404, .zeroTolerance = std::numeric_limits<double>::epsilon() * (16 + n_)};
  const int found =
      eliminate(la_, {.columns = l, .square = {}, .order = order_.data(), .pivots = pivots}, rule, workspace_.data())
          .columns;
  Inertia inertia = inertiaOf(pivots, found);
  inertia.undefined += n_ - found;
  return inertia;
}

void DenseLdl::solve(std::span<double> b) const { solve({b.data(), n_, 1, n_}); }

void DenseLdl::solve(Mat<double> b) const {
  for (int first = 0; first < b.cols; first += widestBlock) {
    const int columns = std::min(widestBlock, b.cols - first);
    const Mat<double> x{x_.data(), n_, columns, n_};
    for (int j = 0; j < columns; ++j) {
      const double* from = b.column(first + j);
      double* to = x.column(j);
      for (int i = 0; i < n_; ++i) to[i] = from[order_[at(i)]] * scale_[at(order_[at(i)])];
    }
    if (columns == 1) {
      solveOne(x.data);
    } else {
      blas::trsmLower('L', 'N', n_, columns, l_.data(), n_, x.data, n_);
      for (int j = 0; j < columns; ++j) solvePivots({diagonal_.data(), below_.data()}, n_, x.column(j));
      blas::trsmLower('L', 'T', n_, columns, l_.data(), n_, x.data, n_);
    }
    for (int j = 0; j < columns; ++j) {
      double* to = b.column(first + j);
      const double* from = x.column(j);
      for (int i = 0; i < n_; ++i) to[order_[at(i)]] = from[i] * scale_[at(order_[at(i)])];
    }
  }
}

void DenseLdl::solveOne(double* x) const {
  constexpr int small = 300;  // BLAS is faster from this order on
  const Mat<const double> l{l_.data(), n_, n_, n_};
  n_ < small ? solveLower(l, x) : blas::trsv('L', 'N', n_, l_.data(), n_, x);
  solvePivots({diagonal_.data(), below_.data()}, n_, x);
  n_ < small ? solveLowerTransposed(l, x) : blas::trsv('L', 'T', n_, l_.data(), n_, x);
}

}  // namespace nonconvex
