// Anderson acceleration (type II) of a fixed-point iteration s -> T(s), with a safeguard.
//
// H. Walker, P. Ni, "Anderson acceleration for fixed-point iterations", SIAM J. Numer. Anal. 49(4), 2011.
#pragma once

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// The state may have a tail that is a linear function of its head (a product with the head kept up to date): only the
/// head counts in residuals, and the tail goes through the same affine combinations, which keep it true.
class Anderson {
 public:
  Anderson(int memory, int head, int size)
      : memory_(memory),
        head_(head),
        size_(size),
        differencesF_(head, memory),
        differencesG_(size, memory),
        lastF_(static_cast<std::size_t>(head)),
        lastG_(static_cast<std::size_t>(size)),
        plain_(static_cast<std::size_t>(size)),
        gram_(memory, memory),
        work_(static_cast<std::size_t>(memory * (memory + 2))) {}

  /// Forget the past: the map has changed.
  void reset() {
    count_ = 0;
    started_ = false;
    extrapolated_ = false;
  }

  /// `s` is the point, `g` = T(s); overwrites g with the point to go on from.
  void advance(const double* s, double* g) {
    double squares = 0;
    for (int i = 0; i < head_; ++i) squares += (g[i] - s[i]) * (g[i] - s[i]);
    const double residual = std::sqrt(squares);
    if (extrapolated_ && !(residual <= patience * lastResidual_)) {
      // The extrapolation went astray: go on from where the plain iteration was.
      std::copy(plain_.data(), plain_.data() + size_, g);
      reset();
      return;
    }
    if (started_) {
      const int column = count_ % memory_;
      double* df = differencesF_.column(column);
      double* dg = differencesG_.column(column);
      for (int i = 0; i < head_; ++i) df[i] = g[i] - s[i] - lastF_[static_cast<std::size_t>(i)];
      for (int i = 0; i < size_; ++i) dg[i] = g[i] - lastG_[static_cast<std::size_t>(i)];
      ++count_;
      updateGram(column);
    }
    for (int i = 0; i < head_; ++i) lastF_[static_cast<std::size_t>(i)] = g[i] - s[i];
    std::copy(g, g + size_, lastG_.data());
    started_ = true;
    lastResidual_ = residual;
    extrapolated_ = count_ >= 2 && solve();
    if (!extrapolated_) return;
    std::copy(g, g + size_, plain_.data());
    const int columns = std::min(count_, memory_);
    blas::gemv('N', size_, columns, -1.0, differencesG_.data(), size_, weights(), 1.0, g);
  }

 private:
  static constexpr double patience = 2;

  double* weights() const { return work_.data(); }

  void updateGram(int column) {
    const int columns = std::min(count_, memory_);
    double* products = work_.data();
    blas::gemv('T', head_, columns, 1.0, differencesF_.data(), head_, differencesF_.column(column), 0.0, products);
    for (int i = 0; i < columns; ++i) gram_(i, column) = gram_(column, i) = products[i];
  }

  /// weights := argmin ||f - dF w||^2 + a little ||w||^2.
  bool solve() {
    const int columns = std::min(count_, memory_);
    blas::gemv('T', head_, columns, 1.0, differencesF_.data(), head_, lastF_.data(), 0.0, weights());
    double* factor = work_.data() + memory_;
    double trace = 0;
    for (int i = 0; i < columns; ++i) trace += gram_(i, i);
    for (int j = 0; j < columns; ++j) {
      for (int i = 0; i < columns; ++i) factor[j * columns + i] = gram_(i, j);
      factor[j * columns + j] += regularization * trace;
    }
    if (!(trace > 0) || blas::potrfLower(columns, factor, columns) != 0) return false;
    blas::trsmLower('L', 'N', columns, 1, factor, columns, weights(), columns);
    blas::trsmLower('L', 'T', columns, 1, factor, columns, weights(), columns);
    return true;
  }

  static constexpr double regularization = 1e-10;

  int memory_;
  int head_;
  int size_;
  HostMatrix<double> differencesF_;
  HostMatrix<double> differencesG_;
  HostBuffer<double> lastF_;
  HostBuffer<double> lastG_;
  HostBuffer<double> plain_;
  HostMatrix<double> gram_;
  HostBuffer<double> work_;
  int count_ = 0;
  bool started_ = false;
  bool extrapolated_ = false;
  double lastResidual_ = 0;
};

}  // namespace nonconvex
