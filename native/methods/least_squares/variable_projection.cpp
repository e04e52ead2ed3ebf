#include "methods/least_squares/variable_projection.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

std::span<double> column(Mat<double> A, int j) { return {A.column(j), at(A.rows)}; }

}  // namespace

std::vector<int> jointlyAffine(const SparsePattern& lowerTriangle) {
  const auto n = at(lowerTriangle.lines);
  std::vector<std::vector<int>> partners(n);
  std::vector<char> curved(n);
  for (int j = 0; j < lowerTriangle.lines; ++j) {
    for (const int i : lowerTriangle.line(j)) {
      if (i == j) {
        curved[at(j)] = 1;
      } else {
        partners[at(i)].push_back(j);
        partners[at(j)].push_back(i);
      }
    }
  }
  std::vector<int> order(n), chosen;
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int i, int j) { return partners[at(i)].size() < partners[at(j)].size(); });
  for (const int j : order) {
    if (curved[at(j)]) continue;
    chosen.push_back(j);
    for (const int partner : partners[at(j)]) curved[at(partner)] = 1;
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

ProjectedResiduals::ProjectedResiduals(Residuals& whole, std::span<const int> affine)
    : whole_(whole),
      affine_(affine.begin(), affine.end()),
      x_(at(whole.variables())),
      r_(at(whole.residuals())),
      direction_(at(whole.variables())),
      J_(whole.residuals(), whole.variables()),
      Q_(whole.residuals(), static_cast<int>(affine.size())),
      R_(static_cast<int>(affine.size()), static_cast<int>(affine.size())),
      coefficients_(affine.size()) {
  for (int j = 0; j < whole.variables(); ++j) {
    if (!std::binary_search(affine_.begin(), affine_.end(), j)) others_.push_back(j);
  }
}

Vector ProjectedResiduals::others(In x) const {
  Vector a;
  for (const int j : others_) a.push_back(x[at(j)]);
  return a;
}

/// v -= Q Q^T v, twice, as once is not orthogonal up to rounding; adds Q^T v to the coefficients.
void ProjectedResiduals::project(Out v, Out coefficients) const {
  for (int round = 0; round < 2; ++round) {
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
      const std::span<double> q = column(Q_, static_cast<int>(k));
      const double c = dot(q, v);
      coefficients[k] += c;
      axpy(-c, q, v);
    }
  }
}

/// Q and R of the columns of b. A column that depends on earlier ones becomes 0 in Q.
void ProjectedResiduals::orthonormalize() {
  constexpr double dependent = 1e-13;  // rounding: share of a column that is left of it
  for (std::size_t k = 0; k < affine_.size(); ++k) {
    const std::span<double> from = column(J_, affine_[k]), q = column(Q_, static_cast<int>(k));
    std::copy(from.begin(), from.end(), q.begin());
    const double before = std::sqrt(norm2Squared(q));
    const Out above(R_.column(static_cast<int>(k)), k);
    std::fill(above.begin(), above.end(), 0);
    project(q, above);
    const double norm = std::sqrt(norm2Squared(q));
    const bool independent = norm > dependent * before;
    R_(static_cast<int>(k), static_cast<int>(k)) = independent ? norm : 0;
    for (double& value : q) value = independent ? value / norm : 0;
  }
}

bool ProjectedResiduals::values(In a, Out r) {
  for (std::size_t k = 0; k < others_.size(); ++k) x_[at(others_[k])] = a[k];
  if (!whole_.values(x_, r) || !whole_.jacobian(J_)) return false;
  orthonormalize();
  std::fill(coefficients_.begin(), coefficients_.end(), 0);
  project(r, coefficients_);
  solve(coefficients_);
  for (std::size_t k = 0; k < affine_.size(); ++k) x_[at(affine_[k])] += coefficients_[k];
  return finite(r) && finite(x_);
}

/// b is a function of a by way of r.
void ProjectedResiduals::moveTo(In a) { values(a, r_); }

/// coefficients := -R^-1 coefficients, 0 for a column that depends on earlier ones.
void ProjectedResiduals::solve(Out coefficients) const {
  const int count = static_cast<int>(affine_.size());
  for (int k = count - 1; k >= 0; --k) {
    double sum = -coefficients[at(k)];
    for (int l = k + 1; l < count; ++l) sum -= R_(k, l) * coefficients[at(l)];
    coefficients[at(k)] = R_(k, k) > 0 ? sum / R_(k, k) : 0;
  }
}

/// The second derivatives along (p, b'), b' the derivative of b along p but for a part that is small with the
/// residuals. What the second derivative of b adds is in the range of J_b, where J^T does not see it.
bool ProjectedResiduals::along(In p, Out out) {
  std::fill(out.begin(), out.end(), 0);
  for (std::size_t k = 0; k < others_.size(); ++k) axpy(p[k], column(J_, others_[k]), out);
  std::fill(coefficients_.begin(), coefficients_.end(), 0);
  project(out, coefficients_);
  solve(coefficients_);
  for (std::size_t k = 0; k < others_.size(); ++k) direction_[at(others_[k])] = p[k];
  for (std::size_t k = 0; k < affine_.size(); ++k) direction_[at(affine_[k])] = coefficients_[k];
  return whole_.along(direction_, out);
}

bool ProjectedResiduals::jacobian(Mat<double> J) {
  whole_.moveTo(x_);  // r is known there: it is what the projection has left
  if (!whole_.jacobian(J_)) return false;
  for (int k = 0; k < J.cols; ++k) {
    const std::span<double> from = column(J_, others_[at(k)]), to = column(J, k);
    std::copy(from.begin(), from.end(), to.begin());
    std::fill(coefficients_.begin(), coefficients_.end(), 0);
    project(to, coefficients_);
  }
  return true;
}

}  // namespace nonconvex
