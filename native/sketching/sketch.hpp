// Random sketches: matrices S of few rows for which ||S x|| is close to ||x|| on any subspace of not too many
// dimensions, and samples of rows. All are functions of a `Random`: the same for any number of threads.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// rows x columns with entries N(0, 1 / rows).
class GaussianSketch {
 public:
  GaussianSketch(int rows, int columns, Random random)
      : rows_(rows), columns_(columns), random_(random), scale_(1 / std::sqrt(static_cast<double>(rows))) {}

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  double operator()(int i, int j) const {
    return scale_ * random_.normal(static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(columns_) +
                                   static_cast<std::uint64_t>(j));
  }

  /// y = S x, in rows x columns multiplications.
  template <class T>
  void apply(std::span<const T> x, std::span<T> y) const {
    for (int i = 0; i < rows_; ++i) {
      T sum(0);
      for (int j = 0; j < columns_; ++j) sum += (*this)(i, j) * x[static_cast<std::size_t>(j)];
      y[static_cast<std::size_t>(i)] = sum;
    }
  }

 private:
  int rows_;
  int columns_;
  Random random_;
  double scale_;
};

/// Sparse sign embedding: every column of S has k entries +-1/sqrt(k), one in each of k groups of rows (Nelson, Nguyen
/// 2013). k = 1 is the count sketch (Clarkson, Woodruff 2013).
class SparseSignSketch {
 public:
  /// k = `perColumn` is at most `rows`.
  SparseSignSketch(int rows, int columns, int perColumn, Random random);

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int perColumn() const { return perColumn_; }

  /// f(row, value) for the entries of column j; the rows increase.
  template <class F>
  void forColumn(int j, F&& f) const {
    constexpr int perBlock = 4;
    Random::Block bits{};
    for (int k = 0; k < perColumn_; ++k) {
      if (k % perBlock == 0) bits = random_.block(static_cast<std::uint64_t>(j) * blocks_ + k / perBlock);
      const std::uint32_t draw = bits[static_cast<std::size_t>(k % perBlock)];
      const int first = groups_[static_cast<std::size_t>(k)];
      const auto size = static_cast<std::uint64_t>(groups_[static_cast<std::size_t>(k) + 1] - first);
      f(first + static_cast<int>((draw >> 1) * size >> 31), (draw & 1) != 0 ? scale_ : -scale_);
    }
  }

  /// y = S x, in k multiplications for each entry of x.
  template <class T>
  void apply(std::span<const T> x, std::span<T> y) const {
    for (T& value : y) value = T(0);
    for (int j = 0; j < columns_; ++j) {
      forColumn(j, [&](int i, double s) { y[static_cast<std::size_t>(i)] += s * x[static_cast<std::size_t>(j)]; });
    }
  }

 private:
  int rows_;
  int columns_;
  int perColumn_;
  Random random_;
  std::uint64_t blocks_;  // number of blocks of random bits for each column
  double scale_;
  std::vector<int> groups_;
};

/// Subsampled randomised Hadamard transform: signs, the Walsh-Hadamard transform of x with zeros up to a power of two,
/// and `rows` of its entries without repetition (Ailon, Chazelle 2006; Tropp 2011).
class SrhtSketch {
 public:
  /// A sketch with at most as many rows as that power of two.
  SrhtSketch(int rows, int columns, Random random);

  int rows() const { return static_cast<int>(sample_.size()); }
  int columns() const { return columns_; }
  std::size_t padded() const { return padded_; }  ///< numbers that `apply` works on

  /// y = S x, in padded log2(padded) additions; `work` has `padded` numbers.
  template <class T>
  void apply(std::span<const T> x, std::span<T> y, std::span<T> work) const {
    for (std::size_t j = 0; j < padded_; ++j) work[j] = j < x.size() ? flipped(j) ? -x[j] : x[j] : T(0);
    transform(work);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = scale_ * work[static_cast<std::size_t>(sample_[i])];
  }

  /// x = S^T y.
  template <class T>
  void applyTransposed(std::span<const T> y, std::span<T> x, std::span<T> work) const {
    for (T& value : work) value = T(0);
    for (std::size_t i = 0; i < y.size(); ++i) work[static_cast<std::size_t>(sample_[i])] = scale_ * y[i];
    transform(work);
    for (std::size_t j = 0; j < x.size(); ++j) x[j] = flipped(j) ? -work[j] : work[j];
  }

 private:
  bool flipped(std::size_t j) const { return (signs_[j / 32] >> j % 32 & 1) != 0; }

  template <class T>
  void transform(std::span<T> v) const {
    for (std::size_t half = 1; half < padded_; half *= 2) {
      for (std::size_t begin = 0; begin < padded_; begin += 2 * half) {
        for (std::size_t j = begin; j < begin + half; ++j) {
          const T sum = v[j] + v[j + half];
          v[j + half] = v[j] - v[j + half];
          v[j] = sum;
        }
      }
    }
  }

  int columns_;
  std::size_t padded_ = 1;
  double scale_;
  std::vector<std::uint32_t> signs_;
  std::vector<int> sample_;
};

/// Draws i with a probability proportional to its weight, each draw at the cost of one random number and two look-ups
/// (Walker 1977, Vose 1991).
class WeightedSampler {
 public:
  explicit WeightedSampler(int size) : share_(static_cast<std::size_t>(size)), other_(share_.size()) {}

  /// Weights >= 0, one for each index; not all zero.
  void setWeights(std::span<const double> weights);
  int draw(const Random& random, std::uint64_t index) const {
    const double u = random.uniform(index) * static_cast<double>(share_.size());
    const auto i = std::min(static_cast<std::size_t>(u), share_.size() - 1);
    return u - static_cast<double>(i) < share_[i] ? static_cast<int>(i) : other_[i];
  }

 private:
  std::vector<double> share_;
  std::vector<int> other_;
  std::vector<int> small_, large_;
};

}  // namespace nonconvex
