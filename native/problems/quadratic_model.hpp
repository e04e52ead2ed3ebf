// A quadratic function about a point.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "problems/objective.hpp"

namespace nonconvex {

/// q(x) = f + g^T (x - x0) + 1/2 (x - x0)^T H (x - x0)
class QuadraticModel final : public Objective {
 public:
  struct Terms {
    std::vector<double> x0;
    double f = 0;
    std::vector<double> g;
    std::vector<double> H;  ///< values of the Hessian in the order of the pattern
  };

  /// `pattern` must outlive this.
  QuadraticModel(const SparsePattern& pattern, Terms terms, bool convex)
      : pattern_(pattern),
        terms_(std::move(terms)),
        convex_(convex),
        step_(terms_.x0.size()),
        product_(terms_.x0.size()) {}

  int variables() const override { return pattern_.lines; }
  const SparsePattern& hessianPattern() const override { return pattern_; }
  bool convex() const override { return convex_; }

  void moveTo(std::span<const double> x) override {
    for (std::size_t j = 0; j < step_.size(); ++j) step_[j] = x[j] - terms_.x0[j];
    hessianProduct(1, step_, product_);
  }
  double value() override {
    double sum = terms_.f;
    for (std::size_t j = 0; j < step_.size(); ++j) sum += (terms_.g[j] + 0.5 * product_[j]) * step_[j];
    return sum;
  }
  void gradient(std::span<double> g) override {
    for (std::size_t j = 0; j < step_.size(); ++j) g[j] = terms_.g[j] + product_[j];
  }
  void hessian(double sigma, std::span<double> values) override {
    for (std::size_t k = 0; k < terms_.H.size(); ++k) values[k] = sigma * terms_.H[k];
  }
  void hessianProduct(double sigma, std::span<const double> v, std::span<double> out) override {
    std::fill(out.begin(), out.end(), 0.0);
    std::size_t k = 0;
    for (int l = 0; l < pattern_.lines; ++l) {
      const auto j = static_cast<std::size_t>(l);
      double sum = 0;
      for (const int row : pattern_.line(l)) {
        const auto i = static_cast<std::size_t>(row);
        const double h = sigma * terms_.H[k++];
        sum += h * v[i];
        if (i != j) out[i] += h * v[j];
      }
      out[j] += sum;
    }
  }

 private:
  const SparsePattern& pattern_;
  const Terms terms_;
  const bool convex_;
  std::vector<double> step_, product_;
};

}  // namespace nonconvex
