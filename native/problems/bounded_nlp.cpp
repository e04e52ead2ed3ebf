#include "problems/bounded_nlp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// Completes a vector of bounds by the problem's own, or by `otherwise` where that has none, and checks it. Messages
/// are put together only where something is wrong.
void complete(std::vector<double>& bounds, std::span<const double> own, double otherwise, int size, const char* name) {
  if (bounds.empty()) {
    if (own.empty()) {
      bounds.assign(at(size), otherwise);
    } else {
      bounds.assign(own.begin(), own.end());
    }
  }
  if (bounds.size() != at(size)) {
    require(false, std::string(name) + ".length", bounds.size(), "expected " + show(size));
  }
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (!std::isnan(bounds[i])) continue;
    require(false, std::string(name) + "[" + show(i) + "]", bounds[i], "expected a number");
  }
}

bool allEqual(std::span<const double> values, double expected) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value == expected; });
}

}  // namespace

BoundedNlp::BoundedNlp(std::shared_ptr<Nlp> nlp, GivenBounds bounds)
    : nlp_(std::move(nlp)), bounds_(std::move(bounds)) {
  const int n = nlp_->variables(), m = nlp_->constraints();
  const NlpBounds variables = nlp_->variableBounds(), constraints = nlp_->constraintBounds();
  complete(bounds_.lower, variables.lower, -infinity, n, "lower");
  complete(bounds_.upper, variables.upper, infinity, n, "upper");
  complete(bounds_.constraintLower, constraints.lower, 0, m, "constraintsLower");
  complete(bounds_.constraintUpper, constraints.upper, 0, m, "constraintsUpper");
}

bool hasEqualityConstraintsOnly(const Nlp& nlp) {
  const NlpBounds variables = nlp.variableBounds(), constraints = nlp.constraintBounds();
  return allEqual(variables.lower, -infinity) && allEqual(variables.upper, infinity) &&
         allEqual(constraints.lower, 0) && allEqual(constraints.upper, 0);
}

}  // namespace nonconvex
