#include "problems/quasi_newton_matrix.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "linalg/sparse/pattern_products.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

SparsePattern fullLowerTriangle(int n) {
  SparsePattern pattern = {.lines = n, .width = n, .offsets = {0}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) pattern.indices.push_back(i);
    pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
  }
  return pattern;
}

SparsePattern diagonalOnly(int n) {
  SparsePattern pattern = {.lines = n, .width = n, .offsets = {0}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    pattern.indices.push_back(j);
    pattern.offsets.push_back(j + 1);
  }
  return pattern;
}

/// An update of B: adds change change^T / length and subtracts product product^T / curvature, product = B step.
struct Update {
  double length = 0, curvature = 0;

  bool possible() const { return curvature > 0 && length > 0; }
};

/// Moves the change towards the product until the update keeps B positive definite.
Update damped(std::span<const double> step, std::span<double> change, std::span<const double> product) {
  constexpr double share = 0.2;
  const double along = dot(step, change), curvature = dot(step, product);
  if (!(along < share * curvature)) return {along, curvature};
  const double theta = (1 - share) * curvature / (curvature - along);
  for (std::size_t j = 0; j < change.size(); ++j) change[j] = theta * change[j] + (1 - theta) * product[j];
  return {share * curvature, curvature};
}

}  // namespace

std::unique_ptr<QuasiNewtonMatrix> QuasiNewtonMatrix::make(int n) {
  constexpr int mostDense = 500;  // beyond, a factorisation of all entries takes longer than many iterations with few
  if (n <= mostDense) return std::make_unique<DenseBfgs>(n);
  return std::make_unique<LimitedBfgs>(n);
}

DenseBfgs::DenseBfgs(int n)
    : pattern_(fullLowerTriangle(n)), values_(pattern_.nonzeros()), change_(at(n)), product_(at(n)) {
  setMultiple(1);
}

void DenseBfgs::setMultiple(double diagonal) {
  std::fill(values_.begin(), values_.end(), 0.0);
  for (int j = 0; j < pattern_.lines; ++j) values_[at(pattern_.offsets[at(j)])] = diagonal;
}

void DenseBfgs::add(double factor, std::span<const double> v) {
  std::size_t k = 0;
  for (std::size_t j = 0; j < v.size(); ++j) {
    const double scaled = factor * v[j];
    for (std::size_t i = j; i < v.size(); ++i) values_[k++] += scaled * v[i];
  }
}

void DenseBfgs::product(std::span<const double> v, std::span<double> out) const {
  multiplySymmetric(pattern_, values_, v, out);
}

void DenseBfgs::update(std::span<const double> step, std::span<const double> change) {
  const double along = dot(step, change);
  if (!updated_ && along > 0) setMultiple(norm2Squared(change) / along);
  std::copy(change.begin(), change.end(), change_.begin());
  product(step, product_);
  const Update made = damped(step, change_, product_);
  if (!made.possible()) return;
  add(1 / made.length, change_);
  add(-1 / made.curvature, product_);
  updated_ = true;
}

LimitedBfgs::LimitedBfgs(int n, int memory)
    : pattern_(diagonalOnly(n)),
      diagonal_(at(n), 1.0),
      pairs_(at(memory)),
      terms_(2 * pairs_.size()),
      change_(at(n)),
      product_(at(n)) {
  for (Pair& pair : pairs_) {
    for (auto* vector : {&pair.step, &pair.change, &pair.add, &pair.subtract}) vector->resize(at(n));
  }
}

void LimitedBfgs::update(std::span<const double> step, std::span<const double> change) {
  Pair& pair = pairs_[count_++ % pairs_.size()];
  std::copy(step.begin(), step.end(), pair.step.begin());
  std::copy(change.begin(), change.end(), pair.change.begin());
  const double along = dot(step, change);
  if (along > 0) std::fill(diagonal_.begin(), diagonal_.end(), norm2Squared(change) / along);
  rebuild();
}

/// Makes the terms of all pairs, the oldest first.
void LimitedBfgs::rebuild() {
  used_ = 0;
  const std::size_t known = std::min(count_, pairs_.size());
  for (std::size_t k = count_ - known; k < count_; ++k) {
    Pair& pair = pairs_[k % pairs_.size()];
    std::copy(pair.change.begin(), pair.change.end(), change_.begin());
    product(pair.step, product_);
    const Update made = damped(pair.step, change_, product_);
    if (!made.possible()) continue;
    for (std::size_t j = 0; j < change_.size(); ++j) {
      pair.add[j] = change_[j] / std::sqrt(made.length);
      pair.subtract[j] = product_[j] / std::sqrt(made.curvature);
    }
    terms_[used_++] = {pair.add, 1};
    terms_[used_++] = {pair.subtract, -1};
  }
}

void LimitedBfgs::product(std::span<const double> v, std::span<double> out) const {
  for (std::size_t j = 0; j < v.size(); ++j) out[j] = diagonal_[j] * v[j];
  for (const RankOneTerm& term : terms()) {
    const double factor = term.factor * dot(term.u, v);
    for (std::size_t j = 0; j < v.size(); ++j) out[j] += factor * term.u[j];
  }
}

}  // namespace nonconvex
