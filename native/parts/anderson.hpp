// Anderson acceleration (type II) of a fixed-point iteration s -> T(s), with a safeguard.
//
// H. Walker, P. Ni, "Anderson acceleration for fixed-point iterations", SIAM J. Numer. Anal. 49(4), 2011.
#pragma once

#include <algorithm>
#include <cmath>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// The state may have a tail that is a linear function of its head (a product with the head kept up to date): only the
/// head counts in residuals, and the tail goes through the same affine combinations, which keep it true.
class Anderson {
 public:
  Anderson(const Cpu& la, int memory, int head, int size)
      : la_(la),
        memory_(memory),
        head_(head),
        size_(size),
        piece_(std::max(512, (size + most - 1) / most)),
        pieces_((size + piece_ - 1) / piece_),
        differencesF_(head, memory),
        differencesG_(size, memory),
        lastF_(static_cast<std::size_t>(head)),
        lastG_(static_cast<std::size_t>(size)),
        nextG_(static_cast<std::size_t>(size)),
        partial_(memory + 2, pieces_),
        gram_(memory, memory),
        products_(static_cast<std::size_t>(memory)),
        weights_(static_cast<std::size_t>(memory)),
        factor_(static_cast<std::size_t>(memory * memory)) {}

  /// Forget the past: the map has changed.
  void reset() {
    restart();
    bestResidual_ = INFINITY;
  }

  /// `s` is the point, `g` = T(s); overwrites g with the point to go on from.
  void advance(const double* s, double* g) {
    const int column = started_ ? count_ % memory_ : -1;
    const int columns = started_ ? std::min(count_ + 1, memory_) : 0;
    la_.tasks(
        pieces_, [&](int k) { takeIn(k, s, g, column, columns); }, 4.0 * size_ * (columns + 1));
    for (int k = 1; k < pieces_; ++k) {
      for (int i = 0; i < columns + 2; ++i) partial_(i, 0) += partial_(i, k);
    }
    const double* sums = partial_.data();
    const double residual = std::sqrt(sums[0]);
    if (extrapolated_ && !(residual <= patience * lastResidual_)) {
      // The extrapolation went astray: go on from where the plain iteration was.
      std::copy(lastG_.data(), lastG_.data() + size_, g);
      restart();
      return;
    }
    std::swap(lastG_, nextG_);
    if (residual < better * bestResidual_) {
      bestResidual_ = residual;
      bestNorm_ = std::sqrt(blas::dot(head_, g, g));
    }
    if (started_) {
      ++count_;
      // f is the last f plus the newest column.
      for (int i = 0; i < columns; ++i) {
        gram_(i, column) = gram_(column, i) = sums[2 + i];
        products_[static_cast<std::size_t>(i)] += sums[2 + i];
      }
      products_[static_cast<std::size_t>(column)] = sums[1];
    }
    started_ = true;
    lastResidual_ = residual;
    extrapolated_ = count_ >= 2 && solve();
    if (!extrapolated_) return;
    la_.tasks(
        pieces_,
        [&](int k) {
          const int begin = k * piece_;
          blas::gemv('N', std::min(piece_, size_ - begin), columns, -1.0, &differencesG_(begin, 0), size_,
                     weights_.data(), 1.0, g + begin);
        },
        2.0 * size_ * columns);
    if (blas::dot(head_, g, g) <= growth * growth * bestNorm_ * bestNorm_) return;
    std::copy(lastG_.data(), lastG_.data() + size_, g);
    restart();
  }

 private:
  void restart() {
    count_ = 0;
    started_ = false;
    extrapolated_ = false;
  }

  static constexpr double patience = 2;
  // Far out a map may move every point by the same step; residuals that differ by rounding alone then lead anywhere. So
  // a norm much larger than where the residual was least is not believed.
  static constexpr double growth = 10;
  static constexpr double better = 0.9;
  static constexpr int most = 16;  // pieces of the state: shared out over threads, their sums added in order

  /// The differences of a piece into `column`, and its part of f^T f, f^T (that column) and of the products of all
  /// columns with it.
  void takeIn(int piece, const double* s, const double* g, int column, int columns) {
    const int begin = piece * piece_;
    const int end = std::min(size_, begin + piece_);
    const int rows = std::min(end, head_) - begin;  // of the head
    double* sums = partial_.column(piece);
    std::fill(sums, sums + columns + 2, 0.0);
    double* lastF = lastF_.data() + begin;
    const double* lastG = lastG_.data() + begin;
    if (column >= 0) {
      double* df = differencesF_.column(column) + begin;
      double* dg = differencesG_.column(column) + begin;
      for (int i = 0; i < rows; ++i) df[i] = g[begin + i] - s[begin + i] - lastF[i];
      for (int i = 0; i < end - begin; ++i) dg[i] = g[begin + i] - lastG[i];
    }
    for (int i = 0; i < rows; ++i) lastF[i] = g[begin + i] - s[begin + i];
    std::copy(g + begin, g + end, nextG_.data() + begin);
    if (rows <= 0) return;
    sums[0] = blas::dot(rows, lastF, lastF);
    if (column < 0) return;
    const double* df = differencesF_.column(column) + begin;
    sums[1] = blas::dot(rows, lastF, df);
    blas::gemv('T', rows, columns, 1.0, differencesF_.data() + begin, head_, df, 0.0, sums + 2);
  }

  /// weights := argmin ||f - dF w||^2 + a little ||w||^2.
  bool solve() {
    const int columns = std::min(count_, memory_);
    double* factor = factor_.data();
    double trace = 0;
    for (int i = 0; i < columns; ++i) trace += gram_(i, i);
    for (int j = 0; j < columns; ++j) {
      for (int i = 0; i < columns; ++i) factor[j * columns + i] = gram_(i, j);
      factor[j * columns + j] += regularization * trace;
    }
    if (!(trace > 0) || blas::potrfLower(columns, factor, columns) != 0) return false;
    std::copy(products_.data(), products_.data() + columns, weights_.data());
    blas::trsmLower('L', 'N', columns, 1, factor, columns, weights_.data(), columns);
    blas::trsmLower('L', 'T', columns, 1, factor, columns, weights_.data(), columns);
    return true;
  }

  static constexpr double regularization = 1e-10;

  const Cpu& la_;
  int memory_;
  int head_;
  int size_;
  int piece_;
  int pieces_;
  HostMatrix<double> differencesF_;
  HostMatrix<double> differencesG_;
  HostBuffer<double> lastF_;
  HostBuffer<double> lastG_;
  HostBuffer<double> nextG_;
  HostMatrix<double> partial_;   // by piece: f^T f, f^T df, dF^T df
  HostMatrix<double> gram_;      // dF^T dF
  HostBuffer<double> products_;  // dF^T f
  HostBuffer<double> weights_;
  HostBuffer<double> factor_;
  int count_ = 0;
  bool started_ = false;
  bool extrapolated_ = false;
  double lastResidual_ = 0;
  double bestResidual_ = INFINITY;
  double bestNorm_ = 0;  // of the point with that residual
};

}  // namespace nonconvex
