// A sum in other units of its variables.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "core/index.hpp"
#include "problems/finite_sum.hpp"
#include "problems/sums/sum_units.hpp"

namespace nonconvex {

/// f of x as a function of z, the same in other units. Terms that the sum adds, such as a ridge, are those of x.
template <class T>
class ScaledSum final : public FiniteSum<T> {
 public:
  ScaledSum(std::unique_ptr<FiniteSum<T>> sum, const SumUnits& units)
      : sum_(std::move(sum)),
        constant_(units.constant),
        x_(units.scales.size()),
        v_(units.scales.size()),
        rest_(units.scales.size()) {
    for (const SumBlock& block : sum_->blocks()) addFactors(block, units.scales.data() + block.offset);
    for (std::size_t j = 0; j < units.centres.size(); ++j) {
      moved_.push_back(static_cast<T>(units.centres[j] / units.scales[j]));
    }
  }

  int rows() const override { return sum_->rows(); }
  int variables() const override { return sum_->variables(); }
  std::vector<SumBlock> blocks() const override { return sum_->blocks(); }
  SumFacts facts() const override { return sum_->facts(); }
  void typicalFactors(std::span<double> s) const override { std::fill(s.begin(), s.end(), 1.0); }

  double value(RowSet rows, const T* z) override { return sum_->value(rows, point(z)); }
  double gradient(RowSet rows, const T* weights, const T* z, T* g) override {
    const double value = sum_->gradient(rows, weights, point(z), g);
    scale(g);
    return value;
  }
  void hessianProduct(RowSet rows, const T* z, const T* v, T* out) override {
    sum_->hessianProduct(rows, point(z), direction(v), out);
    scale(out);
  }
  void lossOfRows(RowSet rows, const T* z, double* losses) override { sum_->lossOfRows(rows, point(z), losses); }
  /// Norms of gradients in x.
  void normOfRows(RowSet rows, const T* z, double* norms) override { sum_->normOfRows(rows, point(z), norms); }

  bool hasRest() const override { return sum_->hasRest(); }
  double addRest(const T* z, T* g) override {
    if (g == nullptr) return sum_->addRest(point(z), nullptr);
    std::fill(rest_.begin(), rest_.end(), T(0));
    const double value = sum_->addRest(point(z), rest_.data());
    add(g);
    return value;
  }
  void addRestProduct(const T* z, const T* v, T* out) override {
    const T* to = direction(v);
    std::fill(rest_.begin(), rest_.end(), T(0));
    sum_->addRestProduct(point(z), to, rest_.data());
    add(out);
  }

  void runOn(const Cpu& la) override { sum_->runOn(la); }

 private:
  /// 1 / s of a variable: one for each number, or for each column of a matrix, where its rows have the same.
  struct Factors {
    int rows, columns;
    std::size_t first;  ///< the variable's first place in inverse_
  };
  void addFactors(const SumBlock& block, const double* scales) {
    const int size = block.size();
    constexpr int wide = 16;  // a loop over fewer would take longer than reading factors
    const bool ofColumns =
        block.columns >= wide && std::equal(scales, scales + size - block.columns, scales + block.columns);
    const int columns = ofColumns ? block.columns : size;
    factors_.push_back({size / columns, columns, inverse_.size()});
    for (int j = 0; j < columns; ++j) inverse_.push_back(static_cast<T>(1 / scales[j]));
  }
  /// out_j := in_j / s_j
  void divide(const T* in, T* out) const {
    for (const Factors& of : factors_) {
      const T* const inverse = inverse_.data() + of.first;
      for (int i = 0; i < of.rows; ++i, in += of.columns, out += of.columns) {
        for (int j = 0; j < of.columns; ++j) out[j] = in[j] * inverse[j];
      }
    }
  }

  const T* point(const T* z) { return mapped(z, x_); }
  const T* direction(const T* v) { return mapped(v, v_); }
  /// x of z: x_j = z_j / s_j, x_c = z_c / s_c - sum_j m_j x_j.
  const T* mapped(const T* z, std::vector<T>& x) const {
    divide(z, x.data());
    if (!moved_.empty()) x[at(constant_)] -= static_cast<T>(movedBy(z));
    return x.data();
  }
  double movedBy(const T* z) const {
    double sum = 0;
    for (std::size_t j = 0; j < moved_.size(); ++j) sum += static_cast<double>(moved_[j]) * z[j];
    return sum;
  }
  /// The transposed map.
  void scale(T* g) const {
    const T ofConstant = moved_.empty() ? T(0) : g[constant_];
    divide(g, g);
    for (std::size_t j = 0; j < moved_.size(); ++j) g[j] -= moved_[j] * ofConstant;
  }
  void add(T* g) {
    scale(rest_.data());
    for (std::size_t j = 0; j < rest_.size(); ++j) g[j] += rest_[j];
  }

  std::unique_ptr<FiniteSum<T>> sum_;
  const int constant_;
  std::vector<Factors> factors_;
  std::vector<T> inverse_, moved_;  // 1 / s, m / s
  std::vector<T> x_, v_, rest_;
};

}  // namespace nonconvex
