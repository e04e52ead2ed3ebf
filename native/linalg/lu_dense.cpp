#include "linalg/lu_dense.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "linalg/equilibrate.hpp"

namespace nonconvex {
namespace {

/// Replaces each x by a power of two within a factor of two of 1 / x.
void invert(std::vector<double>& values) {
  for (double& x : values) x = inverseRoot(x) * inverseRoot(x);
}

}  // namespace

DenseLu::DenseLu(int n) : n_(n), a_(at(n) * at(n), Uninitialized{}), rows_(at(n)), columns_(at(n)), pivots_(at(n)) {}

bool DenseLu::equilibrate() {
  const Mat<double> a = matrix();
  double zero = 0;  // or NaN
  std::fill(rows_.begin(), rows_.end(), 0.0);
  for (int j = 0; j < n_; ++j) {
    const double* column = a.column(j);
    for (int i = 0; i < n_; ++i) {
      const double x = std::abs(column[i]);
      zero += 0 * x;
      rows_[at(i)] = rows_[at(i)] < x ? x : rows_[at(i)];
    }
  }
  invert(rows_);
  for (int j = 0; j < n_; ++j) {
    double* column = a.column(j);
    double most = 0;
    for (int i = 0; i < n_; ++i) {
      column[i] *= rows_[at(i)];
      most = most < std::abs(column[i]) ? std::abs(column[i]) : most;
    }
    columns_[at(j)] = most;
  }
  invert(columns_);
  for (int j = 0; j < n_; ++j) {
    const double scale = columns_[at(j)];
    if (scale == 1) continue;
    double* column = a.column(j);
    for (int i = 0; i < n_; ++i) column[i] *= scale;
  }
  return zero == 0;
}

bool DenseLu::factor() {
  if (!equilibrate() || blas::getrf(n_, a_.data(), n_, pivots_.data()) != 0) return false;
  const double least = std::numeric_limits<double>::epsilon() * (16 + n_);
  for (int k = 0; k < n_; ++k) {
    if (!(std::abs(matrix()(k, k)) > least)) return false;
  }
  return true;
}

void DenseLu::solve(std::span<double> b) const {
  for (int i = 0; i < n_; ++i) b[at(i)] *= rows_[at(i)];
  blas::getrs('N', n_, a_.data(), n_, pivots_.data(), b.data());
  for (int j = 0; j < n_; ++j) b[at(j)] *= columns_[at(j)];
}

void DenseLu::solveTransposed(std::span<double> b) const {
  for (int j = 0; j < n_; ++j) b[at(j)] *= columns_[at(j)];
  blas::getrs('T', n_, a_.data(), n_, pivots_.data(), b.data());
  for (int i = 0; i < n_; ++i) b[at(i)] *= rows_[at(i)];
}

}  // namespace nonconvex
