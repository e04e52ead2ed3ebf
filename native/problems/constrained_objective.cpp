#include "problems/constrained_objective.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {
namespace {

SparsePattern merge(const SparsePattern& a, const SparsePattern& b) {
  SparsePattern both{.lines = a.lines, .width = a.width, .offsets = {0}, .indices = {}};
  for (int l = 0; l < a.lines; ++l) {
    const auto one = a.line(l), other = b.line(l);
    std::set_union(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(both.indices));
    both.offsets.push_back(static_cast<int>(both.indices.size()));
  }
  return both;
}

/// Places of the entries of `part` in `whole`.
std::vector<int> placesIn(const SparsePattern& whole, const SparsePattern& part) {
  std::vector<int> places;
  places.reserve(part.nonzeros());
  for (int l = 0; l < part.lines; ++l) {
    const auto line = whole.line(l);
    auto found = line.begin();
    for (const int index : part.line(l)) {
      found = std::lower_bound(found, line.end(), index);
      places.push_back(whole.offsets[at(l)] + static_cast<int>(found - line.begin()));
    }
  }
  return places;
}

}  // namespace

ConstrainedObjective::ConstrainedObjective(std::unique_ptr<Objective> objective, std::shared_ptr<Nlp> constraints)
    : objective_(std::move(objective)), constraints_(std::move(constraints)) {
  noRows_.width = variables();
}

const ConstrainedObjective::Union& ConstrainedObjective::united() const {
  if (!union_) union_ = unite();
  return *union_;
}

ConstrainedObjective::Union ConstrainedObjective::unite() const {
  Union made;
  if (!constraints_ || constraints_->hessianPattern().nonzeros() == 0) return made;
  const SparsePattern& own = objective_->hessianPattern();
  const SparsePattern& other = constraints_->hessianPattern();
  SparsePattern both = merge(own, other);
  made.constraintsTo = placesIn(both, other);
  if (both.nonzeros() == own.nonzeros()) return made;
  made.objectiveTo = placesIn(both, own);
  made.pattern = std::move(both);
  return made;
}

const SparsePattern& ConstrainedObjective::hessianPattern() const {
  return united().pattern.nonzeros() == 0 ? objective_->hessianPattern() : united().pattern;
}

void ConstrainedObjective::moveTo(std::span<const double> x) {
  objectiveValues_.resize(united().objectiveTo.size());
  constraintsValues_.resize(united().constraintsTo.size());
  product_.resize(constraints_ ? at(variables()) : 0);
  objective_->moveTo(x);
  if (constraints_) constraints_->moveTo(x);
}

void ConstrainedObjective::constraintValues(std::span<double> c) {
  if (constraints_) constraints_->constraintValues(c);
}

void ConstrainedObjective::jacobian(std::span<double> values) {
  if (constraints_) constraints_->jacobian(values);
}

void ConstrainedObjective::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  const auto& [pattern, objectiveTo, constraintsTo] = united();
  if (pattern.nonzeros() == 0) {
    objective_->hessian(sigma, values);
  } else {
    objective_->hessian(sigma, objectiveValues_);
    std::fill(values.begin(), values.end(), 0.0);
    for (std::size_t k = 0; k < objectiveTo.size(); ++k) values[at(objectiveTo[k])] = objectiveValues_[k];
  }
  if (constraintsTo.empty()) return;
  constraints_->hessian(0, lambda, constraintsValues_);
  for (std::size_t k = 0; k < constraintsTo.size(); ++k) values[at(constraintsTo[k])] += constraintsValues_[k];
}

void ConstrainedObjective::jacobianProduct(std::span<const double> v, std::span<double> out) {
  if (constraints_) constraints_->jacobianProduct(v, out);
}

void ConstrainedObjective::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  if (constraints_) return constraints_->jacobianTransposedProduct(v, out);
  std::fill(out.begin(), out.end(), 0.0);
}

void ConstrainedObjective::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                                          std::span<double> out) {
  objective_->hessianProduct(sigma, v, out);
  if (united().constraintsTo.empty()) return;
  constraints_->hessianProduct(0, lambda, v, product_);
  for (std::size_t j = 0; j < out.size(); ++j) out[j] += product_[j];
}

std::optional<GramFactor> ConstrainedObjective::gramFactor(double sigma, std::span<const double> lambda,
                                                           std::span<double> rest) {
  auto* const of = objective_->find<GramHessian>();
  const auto gram = of != nullptr ? of->gramFactor(sigma, {}, rest) : std::nullopt;
  if (!gram || united().constraintsTo.empty()) return gram;
  constraints_->hessian(0, lambda, constraintsValues_);
  const SparsePattern& pattern = constraints_->hessianPattern();
  for (int j = 0; j < pattern.lines; ++j) {
    const auto line = pattern.line(j);
    if (!line.empty() && line.front() == j) rest[at(j)] += constraintsValues_[at(pattern.offsets[at(j)])];
  }
  return gram;
}

}  // namespace nonconvex
