#include "solvers/sparse/subsets/subset_triangle.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"

namespace nonconvex {

double SubsetTriangle::length(int j) const {
  double squares = 0;
  for (int i = 0; i <= j; ++i) squares += square((*this)(i, j));
  return std::sqrt(squares);
}

double SubsetTriangle::loss() const { return square(length(columns_)) / 2; }

double SubsetTriangle::lossBesideAll() const { return square((*this)(columns_, columns_)) / 2; }

double SubsetTriangle::gain(int j) const {
  double product = 0;
  for (int i = 0; i <= j; ++i) product += (*this)(i, j) * (*this)(i, columns_);
  const double size = length(j);
  return size > 0 ? square(product / size) / 2 : 0;
}

/// Turns the rows `row` and the one below it so that the entry of the latter in column `pivot` is 0; columns before
/// `first` have nothing in these rows.
void SubsetTriangle::rotate(int row, int pivot, int first) {
  const double above = (*this)(row, pivot), below = (*this)(row + 1, pivot), size = std::hypot(above, below);
  if (below == 0) return;
  const double c = above / size, s = below / size;
  for (int j = first; j <= columns_; ++j) {
    double &a = (*this)(row, j), &b = (*this)(row + 1, j);
    const double turned = c * a + s * b;
    b = c * b - s * a;
    a = turned;
  }
  (*this)(row + 1, pivot) = 0;
}

void SubsetTriangle::leaveOut(int j) {
  const auto begin = entries_.begin();
  std::copy(begin + (j + 1) * stride_, begin + (columns_ + 1) * stride_, begin + j * stride_);
  --columns_;
  for (int i = j; i <= columns_; ++i) rotate(i, i, i);
}

void SubsetTriangle::take(int j) {
  for (int i = j - 1; i >= 0; --i) rotate(i, j, i);
  // The first row is what the column takes of the others; the entries below it move up.
  for (int k = 0; k <= columns_; ++k) {
    if (k == j) continue;
    const int to = k < j ? k : k - 1, count = k < j ? k + 1 : k;
    for (int i = 0; i < count; ++i) (*this)(i, to) = (*this)(i + 1, k);
    for (int i = count; i <= columns_; ++i) (*this)(i, to) = 0;
  }
  --columns_;
}

std::vector<double> SubsetTriangle::solve() const {
  std::vector<double> b(at(columns_));
  for (int i = columns_ - 1; i >= 0; --i) {
    double sum = (*this)(i, columns_);
    for (int j = i + 1; j < columns_; ++j) sum -= (*this)(i, j) * b[at(j)];
    b[at(i)] = sum / (*this)(i, i);
  }
  return b;
}

}  // namespace nonconvex
