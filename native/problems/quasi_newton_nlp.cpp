#include "problems/quasi_newton_nlp.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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

}  // namespace

QuasiNewtonNlp::QuasiNewtonNlp(std::shared_ptr<Nlp> of)
    : of_(std::move(of)), pattern_(fullLowerTriangle(of_->variables())), B_(pattern_.nonzeros()) {
  const std::size_t n = at(of_->variables());
  for (Point* point : {&here_, &last_}) {
    point->x.resize(n);
    point->gradient.resize(n);
    point->jacobian.resize(of_->jacobianPattern().nonzeros());
  }
  for (auto* vector : {&step_, &change_, &product_, &other_}) vector->resize(n);
  setMultiple(1);
}

NlpFacts QuasiNewtonNlp::facts() const {
  NlpFacts facts = of_->facts();
  facts.approximateHessian = true;
  return facts;
}

void QuasiNewtonNlp::moveTo(std::span<const double> x) {
  std::copy(x.begin(), x.end(), here_.x.begin());
  here_.gradientKnown = here_.jacobianKnown = false;
  of_->moveTo(x);
}

const std::vector<double>& QuasiNewtonNlp::gradientHere() {
  if (!here_.gradientKnown) of_->gradient(here_.gradient);
  here_.gradientKnown = true;
  return here_.gradient;
}

const std::vector<double>& QuasiNewtonNlp::jacobianHere() {
  if (!here_.jacobianKnown && !here_.jacobian.empty()) of_->jacobian(here_.jacobian);
  here_.jacobianKnown = true;
  return here_.jacobian;
}

void QuasiNewtonNlp::gradient(std::span<double> g) {
  std::copy(gradientHere().begin(), gradientHere().end(), g.begin());
}

void QuasiNewtonNlp::jacobian(std::span<double> values) {
  std::copy(jacobianHere().begin(), jacobianHere().end(), values.begin());
}

void QuasiNewtonNlp::lagrangian(const Point& point, double sigma, std::span<const double> lambda,
                                std::span<double> g) const {
  std::fill(g.begin(), g.end(), 0.0);
  addTransposedRows(of_->jacobianPattern(), point.jacobian, lambda, g);
  for (std::size_t j = 0; j < g.size(); ++j) g[j] = point.gradient[j] + g[j] / sigma;
}

void QuasiNewtonNlp::setMultiple(double diagonal) {
  std::fill(B_.begin(), B_.end(), 0.0);
  for (int j = 0; j < pattern_.lines; ++j) B_[at(pattern_.offsets[at(j)])] = diagonal;
}

void QuasiNewtonNlp::add(double factor, std::span<const double> v) {
  std::size_t k = 0;
  for (std::size_t j = 0; j < v.size(); ++j) {
    const double scaled = factor * v[j];
    for (std::size_t i = j; i < v.size(); ++i) B_[k++] += scaled * v[i];
  }
}

void QuasiNewtonNlp::update(double sigma, std::span<const double> lambda) {
  constexpr double damping = 0.2;  // Powell's: s^T r >= 0.2 s^T B s
  gradientHere();
  jacobianHere();
  if (lastKnown_ && here_.x != last_.x) {
    lagrangian(here_, sigma, lambda, change_);
    lagrangian(last_, sigma, lambda, other_);
    for (std::size_t j = 0; j < step_.size(); ++j) {
      step_[j] = here_.x[j] - last_.x[j];
      change_[j] -= other_[j];
    }
    const double along = dot(step_, change_);
    if (!std::isfinite(along) || !finite(change_)) return;
    if (!updated_ && along > 0) setMultiple(norm2Squared(change_) / along);
    multiplySymmetric(pattern_, B_, step_, product_);
    const double curvature = dot(step_, product_);
    if (!(curvature > 0)) return;
    if (along < damping * curvature) {
      const double theta = (1 - damping) * curvature / (curvature - along);
      for (std::size_t j = 0; j < step_.size(); ++j) change_[j] = theta * change_[j] + (1 - theta) * product_[j];
    }
    add(1 / dot(step_, change_), change_);
    add(-1 / curvature, product_);
    updated_ = true;
  }
  last_ = here_;
  lastKnown_ = true;
}

void QuasiNewtonNlp::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  if (sigma == 0) return std::fill(values.begin(), values.end(), 0.0);
  update(sigma, lambda);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = sigma * B_[k];
}

void QuasiNewtonNlp::hessianProduct(double sigma, std::span<const double>, std::span<const double> v,
                                    std::span<double> out) {
  multiplySymmetric(pattern_, B_, v, out);
  for (double& entry : out) entry *= sigma;
}

}  // namespace nonconvex
