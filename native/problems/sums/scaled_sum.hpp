// A sum in other units of its variables.
#pragma once

#include <memory>
#include <vector>

#include "core/index.hpp"
#include "problems/finite_sum.hpp"

namespace nonconvex {

/// f(z / s): a variable that multiplies a column of data is measured in units of 1 / the column's root mean square s.
/// What the sum adds, such as a ridge, is that of x = z / s.
template <class T>
class ScaledSum final : public FiniteSum<T> {
 public:
  ScaledSum(std::unique_ptr<FiniteSum<T>> sum, const std::vector<double>& scales)
      : sum_(std::move(sum)), x_(scales.size()), v_(scales.size()) {
    for (const double scale : scales) inverse_.push_back(static_cast<T>(1 / scale));
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
    std::fill(v_.begin(), v_.end(), T(0));
    const double value = sum_->addRest(point(z), v_.data());
    add(g);
    return value;
  }
  void addRestProduct(const T* z, const T* v, T* out) override {
    const T* to = direction(v);
    rest_.assign(v_.size(), T(0));
    sum_->addRestProduct(point(z), to, rest_.data());
    v_ = rest_;
    add(out);
  }

  void runOn(const Cpu& la) override { sum_->runOn(la); }

 private:
  const T* point(const T* z) {
    for (std::size_t j = 0; j < x_.size(); ++j) x_[j] = z[j] * inverse_[j];
    return x_.data();
  }
  const T* direction(const T* v) {
    for (std::size_t j = 0; j < v_.size(); ++j) v_[j] = v[j] * inverse_[j];
    return v_.data();
  }
  void scale(T* g) const {
    for (std::size_t j = 0; j < inverse_.size(); ++j) g[j] *= inverse_[j];
  }
  void add(T* g) const {
    for (std::size_t j = 0; j < inverse_.size(); ++j) g[j] += v_[j] * inverse_[j];
  }

  std::unique_ptr<FiniteSum<T>> sum_;
  std::vector<T> inverse_;
  std::vector<T> x_, v_, rest_;
};

}  // namespace nonconvex
