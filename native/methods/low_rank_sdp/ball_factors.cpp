#include "methods/low_rank_sdp/ball_factors.hpp"

#include <algorithm>
#include <cmath>

#include "core/multiversion.hpp"
#include "methods/low_rank_sdp/looks.hpp"

namespace nonconvex {
namespace {

/// out := sum_j (q_j + p_j) v_j for the vectors v_j of `rank` entries; rank is a multiple of 4.
NONCONVEX_CLONES void combine(int count, int rank, const double* q, const double* p, const double* V,
                              double* __restrict out) {
  for (int from = 0; from < rank; from += 4) {
    double a = 0, b = 0, c = 0, d = 0;
    const double* v = V + from;
    for (int j = 0; j < count; ++j, v += rank) {
      const double factor = q[j] + p[j];
      a += factor * v[0];
      b += factor * v[1];
      c += factor * v[2];
      d += factor * v[3];
    }
    out[from] = a;
    out[from + 1] = b;
    out[from + 2] = c;
    out[from + 3] = d;
  }
}

/// y += a x
NONCONVEX_CLONES void addMultipleOf(int count, double a, const double* x, double* __restrict y) {
  for (int j = 0; j < count; ++j) y[j] += a * x[j];
}

/// y += share (x - y)
NONCONVEX_CLONES void moveTowards(int count, double share, const double* x, double* __restrict y) {
  for (int j = 0; j < count; ++j) y[j] += share * (x[j] - y[j]);
}

double normOf(std::span<const double> v) {
  double sum = 0;
  for (const double entry : v) sum += entry * entry;
  return std::sqrt(sum);
}

}  // namespace

void BallFactors::resize(int size) {
  constexpr int width = 4;  // numbers that `combine` takes together
  size_ = size;
  rank_ = static_cast<int>(std::ceil(std::sqrt(2.0 * size))) + 1;
  rank_ = (rank_ + width - 1) / width * width;
  const auto n = static_cast<std::size_t>(size), r = static_cast<std::size_t>(rank_);
  V_.assign(n * r, 0.0);
  transposed_.resize(n * r);
  products_.resize(n);
  slope_.resize(r);
  ballMultipliers_.assign(n, 0.0);
  averageZ_.assign(n, 0.0);
  averageProducts_.assign(n * n, 0.0);
}

double BallFactors::product(int i, int j) const {
  const std::span<const double> v = vector(i), u = vector(j);
  double sum = 0;
  for (std::size_t k = 0; k < v.size(); ++k) sum += v[k] * u[k];
  return sum;
}

void BallFactors::pullIn(int i) {
  const double norm = std::sqrt(normSquared(i));
  if (norm <= 1) return;
  for (double& entry : vector(i)) entry /= norm;
}

void BallFactors::sweep(const UnitQuadratic& problem, const ProductMultipliers& products, const Cpu& la) {
  Looks looks(la, 2.0 * size_ * rank_);
  for (int i = 0; i < size_; ++i) {
    looks.next();
    const double curvature = problem.row(i)[i];
    const std::span<double> v = vector(i);
    combine(size_, rank_, problem.row(i), products.curvature(i), V_.data(), slope_.data());
    slope_[0] += problem.c(i) + products.slope(i);
    for (std::size_t k = 0; k < v.size(); ++k) slope_[k] -= curvature * v[k];
    const double norm = normOf(slope_);
    ballMultipliers_[static_cast<std::size_t>(i)] = std::max(0.0, norm - curvature);
    if (norm == 0 && curvature <= 0) continue;
    const double length = curvature > 0 && norm <= curvature ? 1 / curvature : 1 / norm;
    for (std::size_t k = 0; k < v.size(); ++k) v[k] = -length * slope_[k];
  }
}

void BallFactors::raise(ProductMultipliers& products, double step, double share, const Cpu& la) {
  const auto n = static_cast<std::size_t>(size_), r = static_cast<std::size_t>(rank_);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < r; ++k) transposed_[k * n + i] = V_[i * r + k];
  }
  Looks looks(la, 2.0 * size_ * rank_);
  for (int i = 0; i < size_; ++i) {
    looks.next();
    std::fill(products_.begin(), products_.end(), 0.0);
    const std::span<const double> v = vector(i);
    for (std::size_t k = 0; k < r; ++k) addMultipleOf(size_, v[k], transposed_.data() + k * n, products_.data());
    products.raise(i, transposed_.data(), products_.data(), step);
    double& mean = averageZ_[static_cast<std::size_t>(i)];
    mean += share * (v[0] - mean);
    moveTowards(size_, share, products_.data(), averageProducts_.data() + static_cast<std::size_t>(i) * n);
  }
}

}  // namespace nonconvex
