#include "methods/descent/two_metric_projection.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// The pattern of a lower triangle with its whole diagonal; `places` gets where entries of the given one are.
SparsePattern withDiagonal(const SparsePattern& given, std::vector<std::size_t>& places) {
  SparsePattern pattern;
  pattern.lines = given.lines;
  pattern.width = given.width;
  for (int j = 0; j < given.lines; ++j) {
    const std::span<const int> column = given.line(j);
    if (column.empty() || column.front() != j) pattern.indices.push_back(j);
    for (const int i : column) {
      places.push_back(pattern.indices.size());
      pattern.indices.push_back(i);
    }
    pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
  }
  return pattern;
}

}  // namespace

TwoMetricProjection::TwoMetricProjection(std::shared_ptr<Nlp> nlp)
    : nlp_(std::move(nlp)),
      box_(nlp_->variables(), nlp_->variableBounds().lower, nlp_->variableBounds().upper),
      pattern_(withDiagonal(nlp_->hessianPattern(), places_)),
      given_(places_.size()) {
  for (Vector* v : {&x_, &gradient_, &diagonal_, &moving_}) v->resize(box_.lower().size());
}

void TwoMetricProjection::moveTo(std::span<const double> x) {
  std::copy(x.begin(), x.end(), x_.begin());
  project(x_);
  nlp_->moveTo(x_);
  looked_ = false;
}

/// Finds what is held at x_.
void TwoMetricProjection::look() {
  if (looked_) return;
  nlp_->gradient(gradient_);
  box_.classify({x_, unknown, gradient_}, diagonal_);
  looked_ = true;
}

void TwoMetricProjection::gradient(std::span<double> g) {
  look();
  for (std::size_t j = 0; j < g.size(); ++j) g[j] = diagonal_[j] == 0 ? 0 : gradient_[j];
}

void TwoMetricProjection::takenByBounds(std::span<const double> x, std::span<double> out) {
  moveTo(x);
  look();
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = diagonal_[j] == 0 ? gradient_[j] : 0;
}

void TwoMetricProjection::keepHeld(const SmoothPoint& point, std::span<double> direction) const {
  for (std::size_t j = 0; j < direction.size(); ++j) {
    if (held(j, point)) direction[j] = 0;
  }
}

void TwoMetricProjection::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  nlp_->hessian(sigma, lambda, given_);
  std::fill(values.begin(), values.end(), 0.0);
  for (std::size_t k = 0; k < places_.size(); ++k) values[places_[k]] = given_[k];
  look();
  double size = 0;
  for (int j = 0; j < pattern_.lines; ++j) {
    const auto column = static_cast<std::size_t>(j);
    const auto begin = static_cast<std::size_t>(pattern_.offsets[column]);
    const std::span<const int> rows = pattern_.line(j);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      double& value = values[begin + k];
      if (still(column) || still(static_cast<std::size_t>(rows[k]))) value = 0;
      size = std::max(size, std::abs(value));
    }
  }
  for (std::size_t j = 0; j < diagonal_.size(); ++j) {
    if (!still(j)) continue;
    const double held = size > 0 ? size : 1;
    values[static_cast<std::size_t>(pattern_.offsets[j])] = diagonal_[j] > 0 ? sigma * diagonal_[j] : held;
  }
}

void TwoMetricProjection::jacobianTransposedProduct(std::span<const double>, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
}

void TwoMetricProjection::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                                         std::span<double> out) {
  look();
  for (std::size_t j = 0; j < moving_.size(); ++j) moving_[j] = still(j) ? 0 : v[j];
  nlp_->hessianProduct(sigma, lambda, moving_, out);
  for (std::size_t j = 0; j < moving_.size(); ++j) {
    if (still(j)) out[j] = sigma * (diagonal_[j] > 0 ? diagonal_[j] : 1) * v[j];
  }
}

std::shared_ptr<TwoMetricProjection> twoMetricProjectionOf(const std::shared_ptr<Nlp>& nlp) {
  const NlpBounds bounds = nlp->variableBounds();
  const auto finite = [](double bound) { return std::isfinite(bound); };
  if (std::none_of(bounds.lower.begin(), bounds.lower.end(), finite) &&
      std::none_of(bounds.upper.begin(), bounds.upper.end(), finite)) {
    return nullptr;
  }
  return std::make_shared<TwoMetricProjection>(nlp);
}

}  // namespace nonconvex
