#include "methods/low_rank_sdp/definite_factor.hpp"

#include <algorithm>
#include <cmath>

#include "core/multiversion.hpp"
#include "methods/low_rank_sdp/box_quadratic.hpp"
#include "methods/low_rank_sdp/looks.hpp"

namespace nonconvex {
namespace {

struct FactorTuning {
  static constexpr int together = 8;  ///< safeguard: pivots between two questions whether to end
};

/// Takes the pivots from `first` to `last` of the upper triangle of `u`, in place; false where one is not positive.
NONCONVEX_CLONES bool factorUpper(int n, int first, int last, double* u) {
  const auto width = static_cast<std::size_t>(n);
  for (int k = first; k < last; ++k) {
    double* const pivotRow = u + static_cast<std::size_t>(k) * width;
    if (!(pivotRow[k] > 0)) return false;
    const double root = std::sqrt(pivotRow[k]);
    pivotRow[k] = root;
    for (int j = k + 1; j < n; ++j) pivotRow[j] /= root;
    for (int i = k + 1; i < n; ++i) {
      double* const __restrict row = u + static_cast<std::size_t>(i) * width;
      const double factor = pivotRow[i];
      for (int j = i; j < n; ++j) row[j] -= factor * pivotRow[j];
    }
  }
  return true;
}

/// y += a x
NONCONVEX_CLONES void addMultiple(int n, double a, const double* x, double* __restrict y) {
  for (int j = 0; j < n; ++j) y[j] += a * x[j];
}

}  // namespace

bool DefiniteFactor::factor(int size, std::span<const double> A, const Cpu& la) {
  size_ = size;
  U_.assign(A.begin(), A.begin() + static_cast<std::ptrdiff_t>(size) * size);
  double trace = 0;
  for (int i = 0; i < size; ++i) trace += row(i)[i];
  if (!std::isfinite(trace)) return false;
  margin_ = sumError(size, trace) + RoundingTuning::underflow * (1 + trace);
  constexpr int together = FactorTuning::together;
  Looks looks(la, 1.0 * together * size * size);
  for (int first = 0; first < size; first += together) {
    looks.next();
    if (!factorUpper(size, first, std::min(size, first + together), U_.data())) return false;
  }
  return true;
}

void DefiniteFactor::solve(std::span<double> b) const {
  for (int i = 0; i < size_; ++i) {
    double& entry = b[static_cast<std::size_t>(i)];
    entry /= row(i)[i];
    addMultiple(size_ - i - 1, -entry, row(i) + i + 1, b.data() + i + 1);
  }
  for (int i = size_; i-- > 0;) {
    double sum = b[static_cast<std::size_t>(i)];
    for (int j = i + 1; j < size_; ++j) sum -= row(i)[j] * b[static_cast<std::size_t>(j)];
    b[static_cast<std::size_t>(i)] = sum / row(i)[i];
  }
}

void DefiniteFactor::inverseDiagonal(std::span<double> diagonal, const Cpu& la) {
  column_.resize(static_cast<std::size_t>(size_));
  Looks looks(la, 1.0 * size_ * size_);
  for (int i = 0; i < size_; ++i) {
    looks.next();
    // Row i of U^-T has its squares in entry i of the diagonal: U^-T e_i, entries from i on.
    std::fill(column_.begin(), column_.end(), 0.0);
    column_[static_cast<std::size_t>(i)] = 1;
    double sum = 0;
    for (int k = i; k < size_; ++k) {
      double& entry = column_[static_cast<std::size_t>(k)];
      entry /= row(k)[k];
      sum += entry * entry;
      addMultiple(size_ - k - 1, -entry, row(k) + k + 1, column_.data() + k + 1);
    }
    diagonal[static_cast<std::size_t>(i)] = sum;
  }
}

}  // namespace nonconvex
