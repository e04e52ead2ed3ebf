#include "problems/callback_nlp.hpp"

#include <algorithm>
#include <utility>

namespace nonconvex {
namespace {

void copy(std::span<const double> from, std::span<double> to) { std::copy(from.begin(), from.end(), to.begin()); }

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

CallbackNlp::CallbackNlp(ListedPattern jacobian, ListedPattern hessian, bool products, Memory memory,
                         std::function<double(Function, double)> call)
    : jacobian_(std::move(jacobian)),
      hessian_(std::move(hessian)),
      products_(products),
      memory_(memory),
      call_(std::move(call)),
      x_(memory.x.size()),
      jacobianValues_(jacobian_.order.size()) {}

double CallbackNlp::call(Function function, double sigma) {
  copy(x_, memory_.x);  // the functions may have written to it
  return call_(function, sigma);
}

void CallbackNlp::moveTo(std::span<const double> x) {
  copy(x, x_);
  jacobianKnown_ = false;
}

double CallbackNlp::objective() { return call(Function::objective); }

void CallbackNlp::gradient(std::span<double> g) {
  call(Function::gradient);
  copy(memory_.gradient, g);
}

void CallbackNlp::constraintValues(std::span<double> c) {
  if (c.empty()) return;
  call(Function::constraints);
  copy(memory_.constraints, c);
}

const std::vector<double>& CallbackNlp::jacobianValues() {
  if (!jacobianKnown_ && !jacobianValues_.empty()) {
    call(Function::jacobian);
    inOrder(jacobian_, memory_.jacobian, jacobianValues_);
  }
  jacobianKnown_ = true;
  return jacobianValues_;
}

void CallbackNlp::jacobian(std::span<double> values) { copy(jacobianValues(), values); }

void CallbackNlp::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  if (values.empty()) return;
  copy(lambda, memory_.multipliers);
  call(Function::hessian, sigma);
  inOrder(hessian_, memory_.hessian, values);
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
  if (products_) {
    copy(lambda, memory_.multipliers);
    copy(v, memory_.vector);
    call(Function::hessianProduct, sigma);
    copy(memory_.product, out);
    return;
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
