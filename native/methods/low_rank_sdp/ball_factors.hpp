// Vectors in unit balls whose inner products stand for products of variables, and their exact block step.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/low_rank_sdp/box_quadratic.hpp"
#include "methods/low_rank_sdp/product_multipliers.hpp"

namespace nonconvex {

/// The semidefinite relaxation of a quadratic function on the unit box: min of c^T z + 1/2 <Q, V V^T> over vectors v_i
/// of norm 1 at most, where z_i is the first entry of v_i. A sweep takes for each v_i in turn its best value, which has
/// a closed form, and leaves the multiplier of its ball. Products have multipliers, too, which change Q and c.
///
/// S. Burer, R. D. C. Monteiro, "A nonlinear programming algorithm for solving semidefinite programs via low-rank
/// factorization", Math. Programming 95, 2003.
class BallFactors {
 public:
  /// Room for `size` vectors, all zero, of a length at which local minima are rare.
  void resize(int size);
  int rank() const { return rank_; }
  std::span<double> vector(int i) { return {V_.data() + offset(i), static_cast<std::size_t>(rank_)}; }
  std::span<const double> vector(int i) const { return {V_.data() + offset(i), static_cast<std::size_t>(rank_)}; }
  double z(int i) const { return V_[offset(i)]; }
  double product(int i, int j) const;
  double normSquared(int i) const { return product(i, i); }
  /// Makes v_i no longer than 1.
  void pullIn(int i);

  /// Multipliers of the balls, as of the last sweep: those of |v_i|^2 / 2.
  std::span<const double> ballMultipliers() const { return ballMultipliers_; }

  void sweep(const UnitQuadratic& problem, const ProductMultipliers& products, const Cpu& la = Cpu());
  /// One gradient step of the multipliers of products, and of the averages of z_i and v_i^T v_j by a share.
  void raise(ProductMultipliers& products, double step, double share, const Cpu& la = Cpu());
  double averageZ(int i) const { return averageZ_[static_cast<std::size_t>(i)]; }
  double averageProduct(int i, int j) const {
    return averageProducts_[static_cast<std::size_t>(i) * static_cast<std::size_t>(size_) +
                            static_cast<std::size_t>(j)];
  }

 private:
  std::size_t offset(int i) const { return static_cast<std::size_t>(i) * static_cast<std::size_t>(rank_); }

  int size_ = 0, rank_ = 0;
  std::vector<double> V_, transposed_, products_, slope_, ballMultipliers_;
  std::vector<double> averageZ_, averageProducts_;
};

}  // namespace nonconvex
