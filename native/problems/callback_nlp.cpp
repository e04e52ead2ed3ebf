#include "problems/callback_nlp.hpp"

#include <algorithm>
#include <utility>

namespace nonconvex {
namespace {

void copy(std::span<const double> from, std::span<double> to) { std::copy(from.begin(), from.end(), to.begin()); }

/// The values of a list in the order of the pattern.
void inOrder(const ListedPattern& listed, std::span<const double> list, std::span<double> values) {
  for (std::size_t k = 0; k < listed.order.size(); ++k) values[k] = list[static_cast<std::size_t>(listed.order[k])];
}

/// Calls f(line, index, value) for the entries of a sparse matrix.
template <class F>
void forEachEntry(const SparsePattern& pattern, std::span<const double> values, F&& f) {
  std::size_t k = 0;
  for (int l = 0; l < pattern.lines; ++l) {
    for (const int i : pattern.line(l)) f(static_cast<std::size_t>(l), static_cast<std::size_t>(i), values[k++]);
  }
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
  functions_.gradient({x_});
  copy(functions_.gradient.outputs[0], g);
}

void CallbackNlp::constraintValues(std::span<double> c) {
  if (c.empty()) return;
  functions_.constraints({x_});
  copy(functions_.constraints.outputs[0], c);
}

const std::vector<double>& CallbackNlp::jacobianValues() {
  if (!jacobianKnown_ && !jacobianValues_.empty()) {
    functions_.jacobian({x_});
    inOrder(jacobian_, functions_.jacobian.outputs[0], jacobianValues_);
  }
  jacobianKnown_ = true;
  return jacobianValues_;
}

void CallbackNlp::jacobian(std::span<double> values) { copy(jacobianValues(), values); }

void CallbackNlp::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  if (values.empty()) return;
  functions_.hessian({x_, lambda}, {sigma});
  inOrder(hessian_, functions_.hessian.outputs[0], values);
}

void CallbackNlp::jacobianProduct(std::span<const double> v, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  forEachEntry(jacobian_.pattern, jacobianValues(),
               [&](std::size_t i, std::size_t j, double value) { out[i] += value * v[j]; });
}

void CallbackNlp::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  forEachEntry(jacobian_.pattern, jacobianValues(),
               [&](std::size_t i, std::size_t j, double value) { out[j] += value * v[i]; });
}

void CallbackNlp::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                                 std::span<double> out) {
  if (functions_.hessianProduct) {
    (*functions_.hessianProduct)({x_, lambda, v}, {sigma});
    return copy(functions_.hessianProduct->outputs[0], out);
  }
  hessianValues_.resize(hessian_.order.size());
  hessian(sigma, lambda, hessianValues_);
  std::fill(out.begin(), out.end(), 0.0);
  forEachEntry(hessian_.pattern, hessianValues_, [&](std::size_t j, std::size_t i, double value) {
    out[i] += value * v[j];
    if (i != j) out[j] += value * v[i];
  });
}

}  // namespace nonconvex
