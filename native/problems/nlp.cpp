#include "problems/nlp.hpp"

#include <limits>
#include <string>

#include "core/error.hpp"
#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

/// The first number that is not `expected`.
void requireAll(std::span<const double> bounds, double expected, const char* name, std::string_view method) {
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (bounds[i] == expected) continue;
    throw Error(ErrorKind::range, std::string(name) + "[" + show(i) + "] = " + show(bounds[i]) + ": " +
                                      std::string(method) +
                                      " takes equality constraints only, without bounds on the variables or ranges");
  }
}

}  // namespace

double Nlp::largestOfHessian(std::span<const double> values) const { return normInf(values); }

void requireEqualityConstraints(const Nlp& nlp, std::string_view method) {
  requireAll(nlp.variableBounds().lower, -infinity, "lower", method);
  requireAll(nlp.variableBounds().upper, infinity, "upper", method);
  requireAll(nlp.constraintBounds().lower, 0, "constraintLower", method);
  requireAll(nlp.constraintBounds().upper, 0, "constraintUpper", method);
}

std::shared_ptr<Nlp> NlpSource::open() const { return open(Cpu()); }

std::shared_ptr<Nlp> NlpSource::open(const Cpu& la) const {
  std::shared_ptr<Nlp> nlp = make_ ? make_(la) : nlp_;
  if (!nlp) throw Error(ErrorKind::type, "nlp: expected functions");
  return nlp;
}

}  // namespace nonconvex
