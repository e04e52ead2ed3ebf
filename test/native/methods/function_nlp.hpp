// A small dense problem from formulas, for tests of single methods.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "methods/nlp/scaled_nlp.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

using Values = std::vector<double>;

/// Formulas at x: J by rows, and all of H = sigma Hess f + sum_i lambda_i Hess c_i by columns.
struct NlpFormulas {
  int n = 1;
  int m = 0;
  std::function<double(const Values& x)> f = [](const Values&) { return 0.0; };
  std::function<Values(const Values& x)> gradient = [](const Values& x) { return Values(x.size()); };
  std::function<Values(const Values& x)> c = [](const Values&) { return Values(); };
  std::function<Values(const Values& x)> J = [](const Values&) { return Values(); };
  std::function<Values(const Values& x, double sigma, std::span<const double> lambda)> H =
      [](const Values& x, double, std::span<const double>) { return Values(x.size() * x.size()); };
  NlpFacts facts = {};
};

/// The problem of some formulas. If it is `lagged`, it offers the Hessian at the first point for all others.
class FunctionNlp final : public Nlp, public LaggedHessian {
 public:
  explicit FunctionNlp(NlpFormulas formulas, bool lagged = false) : by_(std::move(formulas)), lagged_(lagged) {
    jacobian_.lines = by_.m;
    jacobian_.width = hessian_.lines = hessian_.width = by_.n;
    jacobian_.offsets.assign(1, 0);
    hessian_.offsets.assign(1, 0);
    for (int i = 0; i < by_.m; ++i) {
      for (int j = 0; j < by_.n; ++j) jacobian_.indices.push_back(j);
      jacobian_.offsets.push_back(static_cast<int>(jacobian_.indices.size()));
    }
    for (int j = 0; j < by_.n; ++j) {
      for (int i = j; i < by_.n; ++i) hessian_.indices.push_back(i);
      hessian_.offsets.push_back(static_cast<int>(hessian_.indices.size()));
    }
  }

  int variables() const override { return by_.n; }
  int constraints() const override { return by_.m; }
  NlpFacts facts() const override { return by_.facts; }
  const SparsePattern& jacobianPattern() const override { return jacobian_; }
  const SparsePattern& hessianPattern() const override { return hessian_; }

  void moveTo(std::span<const double> x) override {
    x_.assign(x.begin(), x.end());
    if (first_.empty()) first_ = x_;
    useFirst_ = false;
  }
  double objective() override { return by_.f(x_); }
  void gradient(std::span<double> g) override { copy(by_.gradient(x_), g); }
  void constraintValues(std::span<double> c) override { copy(by_.c(x_), c); }
  void jacobian(std::span<double> values) override { copy(by_.J(x_), values); }
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override {
    const Values H = by_.H(useFirst_ ? first_ : x_, sigma, lambda);
    useFirst_ = false;
    std::size_t k = 0;
    for (int j = 0; j < by_.n; ++j) {
      for (int i = j; i < by_.n; ++i) values[k++] = H[at(j * by_.n + i)];
    }
  }
  bool useLaggedHessian(double) override { return useFirst_ = lagged_; }
  // Methods have the Jacobian and the Hessian by their values.
  void jacobianProduct(std::span<const double>, std::span<double>) override {}
  void jacobianTransposedProduct(std::span<const double>, std::span<double>) override {}
  void hessianProduct(double, std::span<const double>, std::span<const double>, std::span<double>) override {}

 private:
  static void copy(const Values& from, std::span<double> to) { std::copy(from.begin(), from.end(), to.begin()); }

  NlpFormulas by_;
  bool lagged_;
  bool useFirst_ = false;
  SparsePattern jacobian_, hessian_;
  Values x_, first_;
};

/// A problem that is not scaled, with all that methods know at a start.
struct Instance {
  Cpu la;
  ScaledNlp model;
  NlpPoint point;
  NlpPoint trial;

  Instance(NlpFormulas formulas, Values start, Values multipliers = {}, bool lagged = false)
      : model(la,
              {.nlp = std::make_shared<FunctionNlp>(std::move(formulas), lagged),
               .start = std::move(start),
               .multipliers = std::move(multipliers)},
              false),
        point(model.makePoint()),
        trial(model.makePoint()) {
    begun = model.begin(point);
    model.linearize(point);
  }

  /// The point x, evaluated.
  NlpPoint pointAt(Values x) {
    NlpPoint p = model.makePoint();
    p.x = std::move(x);
    model.evaluateValues(p);
    model.evaluateDerivatives(p);
    return p;
  }

  bool begun = false;
};

}  // namespace nonconvex
