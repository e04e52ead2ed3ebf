#include "problems/callback_nlp.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "linalg/sparse/pattern_products.hpp"

namespace nonconvex {
namespace {

void copy(std::span<const double> from, std::span<double> to) { std::copy(from.begin(), from.end(), to.begin()); }

/// Takes the number that a writing function returned: any, or not-a-number if it did not reach its end. The numbers
/// that it wrote are then no answer.
void requireWritten(double returned, const char* name) {
  if (!std::isnan(returned)) return;
  throw Error(ErrorKind::solver, std::string(name) + ": the function did not come to its end", "CALLBACK_FAILED");
}

/// The values of a list in the order of the pattern.
void inOrder(const ListedPattern& listed, std::span<const double> list, std::span<double> values) {
  for (std::size_t k = 0; k < listed.order.size(); ++k) values[k] = list[static_cast<std::size_t>(listed.order[k])];
}

}  // namespace

CallbackNlp::CallbackNlp(ListedPattern jacobian, ListedPattern hessian, Functions functions)
    : jacobian_(std::move(jacobian)),
      hessian_(std::move(hessian)),
      functions_(std::move(functions)),
      x_(static_cast<std::size_t>(hessian_.pattern.lines)),
      jacobianValues_(jacobian_.order.size()) {}

void CallbackNlp::moveTo(std::span<const double> x) {
  copy(x, x_);
  jacobianKnown_ = false;
}

double CallbackNlp::objective() { return functions_.objective({x_}); }

void CallbackNlp::gradient(std::span<double> g) {
  requireWritten(functions_.gradient({x_}), "gradient");
  copy(functions_.gradient.outputs[0], g);
}

void CallbackNlp::constraintValues(std::span<double> c) {
  if (c.empty()) return;
  requireWritten(functions_.constraints({x_}), "constraints");
  copy(functions_.constraints.outputs[0], c);
}

const std::vector<double>& CallbackNlp::jacobianValues() {
  if (!jacobianKnown_ && !jacobianValues_.empty()) {
    requireWritten(functions_.jacobian({x_}), "jacobian");
    inOrder(jacobian_, functions_.jacobian.outputs[0], jacobianValues_);
  }
  jacobianKnown_ = true;
  return jacobianValues_;
}

void CallbackNlp::jacobian(std::span<double> values) { copy(jacobianValues(), values); }

void CallbackNlp::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  if (values.empty()) return;
  requireWritten(functions_.hessian({x_, lambda}, {sigma}), "hessian");
  inOrder(hessian_, functions_.hessian.outputs[0], values);
}

void CallbackNlp::jacobianProduct(std::span<const double> v, std::span<double> out) {
  multiplyRows(jacobian_.pattern, jacobianValues(), v, out);
}

void CallbackNlp::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  addTransposedRows(jacobian_.pattern, jacobianValues(), v, out);
}

void CallbackNlp::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                                 std::span<double> out) {
  if (functions_.hessianProduct) {
    requireWritten((*functions_.hessianProduct)({x_, lambda, v}, {sigma}), "hessianVector");
    return copy(functions_.hessianProduct->outputs[0], out);
  }
  hessianValues_.resize(hessian_.order.size());
  hessian(sigma, lambda, hessianValues_);
  multiplySymmetric(hessian_.pattern, hessianValues_, v, out);
}

}  // namespace nonconvex
