#include "methods/stiefel/frames.hpp"

#include <cmath>
#include <cstddef>
#include <span>

#include "linalg/vectors.hpp"

namespace nonconvex::frames {
namespace {

std::span<const double> columnIn(Mat<const double> a, int j) { return {a.column(j), static_cast<std::size_t>(a.rows)}; }
std::span<double> columnIn(Mat<double> a, int j) { return {a.column(j), static_cast<std::size_t>(a.rows)}; }

}  // namespace

double orthogonalize(Mat<const double> basis, std::span<double> x) {
  for (int pass = 0; pass < 2; ++pass) {
    for (int k = 0; k < basis.cols; ++k) axpy(-dot(columnIn(basis, k), x), columnIn(basis, k), x);
  }
  return std::sqrt(norm2Squared(x));
}

int orthonormalize(Mat<double> w, double dependent) {
  int rank = 0;
  for (int j = 0; j < w.cols; ++j) {
    const std::span<double> column = columnIn(w, j);
    const double before = std::sqrt(norm2Squared(column));
    const double left = orthogonalize(w.columns(0, j), column);
    const bool counts = left > dependent * before;
    for (double& value : column) value = counts ? value / left : 0;
    if (counts) ++rank;
  }
  return rank;
}

void projectTangent(Mat<const double> w, Mat<double> g, Mat<double> inner) {
  for (int j = 0; j < w.cols; ++j) {
    for (int k = 0; k < w.cols; ++k) inner(k, j) = dot(columnIn(w, k), columnIn(Mat<const double>(g), j));
  }
  for (int j = 0; j < w.cols; ++j) {
    for (int k = 0; k < w.cols; ++k) axpy(-(inner(k, j) + inner(j, k)) / 2, columnIn(w, k), columnIn(g, j));
  }
}

}  // namespace nonconvex::frames
