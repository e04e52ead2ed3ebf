#include "problems/quasi_newton_nlp.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "linalg/sparse/pattern_products.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {

QuasiNewtonNlp::QuasiNewtonNlp(std::shared_ptr<Nlp> of)
    : of_(std::move(of)), B_(QuasiNewtonMatrix::make(of_->variables())) {
  const std::size_t n = at(of_->variables());
  for (Point* point : {&here_, &last_}) {
    point->x.resize(n);
    point->gradient.resize(n);
    point->jacobian.resize(of_->jacobianPattern().nonzeros());
  }
  for (auto* vector : {&step_, &change_, &other_}) vector->resize(n);
}

NlpFacts QuasiNewtonNlp::facts() const {
  NlpFacts facts = of_->facts();
  facts.approximateHessian = true;
  facts.hessianByProducts = false;
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

void QuasiNewtonNlp::update(double sigma, std::span<const double> lambda) {
  gradientHere();
  jacobianHere();
  if (lastKnown_ && here_.x != last_.x) {
    lagrangian(here_, sigma, lambda, change_);
    lagrangian(last_, sigma, lambda, other_);
    for (std::size_t j = 0; j < step_.size(); ++j) {
      step_[j] = here_.x[j] - last_.x[j];
      change_[j] -= other_[j];
    }
    if (!finite(step_) || !finite(change_)) return;
    B_->update(step_, change_);
  }
  last_ = here_;
  lastKnown_ = true;
}

void QuasiNewtonNlp::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  terms_.clear();
  if (sigma == 0) return std::fill(values.begin(), values.end(), 0.0);
  update(sigma, lambda);
  const auto known = B_->values();
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = sigma * known[k];
  for (const RankOneTerm& term : B_->terms()) terms_.push_back({term.u, sigma * term.factor});
}

void QuasiNewtonNlp::hessianProduct(double sigma, std::span<const double>, std::span<const double> v,
                                    std::span<double> out) {
  B_->product(v, out);
  for (double& entry : out) entry *= sigma;
}

}  // namespace nonconvex
