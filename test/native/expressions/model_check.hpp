// Holds a Program to the plain interpreter at a point: values, matrices, patterns and operator forms.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "check.hpp"
#include "expressions/model_reference.hpp"
#include "expressions/program.hpp"

namespace check {

inline std::vector<double> uniform(std::mt19937_64& random, std::size_t size, double low = -1, double high = 1) {
  std::uniform_real_distribution<double> draw(low, high);
  std::vector<double> out(size);
  for (double& value : out) value = draw(random);
  return out;
}

inline bool close(double a, double b, double scale, double tolerance) {
  return std::abs(a - b) <= tolerance * (1 + scale) || (std::isnan(a) && std::isnan(b)) || a == b;
}

inline double inner(const double* a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < b.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Entries of the true matrices that were not 0 at some point so far.
struct Seen {
  std::vector<char> jacobian;
  std::vector<char> hessian;
};

inline double largest(const std::vector<double>& values) {
  double out = 0;
  for (const double value : values) out = std::max(out, std::abs(value));
  return out;
}

/// How many numbers differ; the first is described in `what`.
inline int compare(nonconvex::Program& program, const nonconvex::Graph& graph, const std::vector<double>& x,
                   double sigma, const std::vector<double>& lambda, const std::vector<double>& v, Seen& seen,
                   std::string& what, double tolerance = 1e-10) {
  const std::size_t n = x.size();
  const auto m = static_cast<std::size_t>(program.constraints());
  const reference::Model truth = reference::evaluate(graph, x);
  int wrong = 0;
  const auto same = [&](double a, double b, double scale, const std::string& name) {
    if (close(a, b, scale, tolerance)) return;
    if (wrong++ == 0) what = name + ": " + text(a) + ", true " + text(b);
  };
  program.moveTo(x);
  same(program.objective(), truth.f.value, std::abs(truth.f.value), "f");
  std::vector<double> g(n), c(m), Jv(m), Jtv(n), Hv(n);
  program.gradient(g);
  program.constraintValues(c);
  const double gScale = largest(truth.f.g);
  for (std::size_t j = 0; j < n; ++j) same(g[j], truth.f.g[j], gScale, "g_" + std::to_string(j));
  double jScale = 0;
  for (std::size_t i = 0; i < m; ++i) {
    same(c[i], truth.c[i].value, std::abs(truth.c[i].value), "c_" + std::to_string(i));
    jScale = std::max(jScale, largest(truth.c[i].g));
  }

  const nonconvex::SparsePattern& jacobian = program.jacobianPattern();
  std::vector<double> values(jacobian.nonzeros());
  program.jacobian(values);
  std::vector<double> J(m * n, 0);
  std::vector<char> inPattern(m * n, 0);
  for (std::size_t i = 0; i < m; ++i) {
    for (int k = jacobian.offsets[i]; k < jacobian.offsets[i + 1]; ++k) {
      const std::size_t place = i * n + static_cast<std::size_t>(jacobian.indices[static_cast<std::size_t>(k)]);
      if (inPattern[place]) same(1, 0, 0, "Jacobian entry twice");
      inPattern[place] = 1;
      J[place] = values[static_cast<std::size_t>(k)];
    }
  }
  seen.jacobian.resize(m * n, 0);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      same(J[i * n + j], truth.c[i].g[j], jScale, "J_" + std::to_string(i) + "," + std::to_string(j));
      if (truth.c[i].g[j] != 0) seen.jacobian[i * n + j] = 1;
    }
  }

  const nonconvex::SparsePattern& hessian = program.hessianPattern();
  values.resize(hessian.nonzeros());
  program.hessian(sigma, lambda, values);
  std::vector<double> H(n * n, 0);
  for (std::size_t p = 0; p < n; ++p) {
    int last = static_cast<int>(p) - 1;
    for (int k = hessian.offsets[p]; k < hessian.offsets[p + 1]; ++k) {
      const int q = hessian.indices[static_cast<std::size_t>(k)];
      if (q <= last) same(1, 0, 0, "Hessian pattern out of order");
      last = q;
      H[static_cast<std::size_t>(q) * n + p] = H[p * n + static_cast<std::size_t>(q)] =
          values[static_cast<std::size_t>(k)];
    }
  }
  std::vector<double> trueH(n * n);
  seen.hessian.resize(n * n, 0);
  double hScale = 0;
  for (std::size_t k = 0; k < n * n; ++k) {
    trueH[k] = sigma * truth.f.h[k];
    double size = std::abs(trueH[k]);
    if (truth.f.h[k] != 0) seen.hessian[k] = 1;
    for (std::size_t i = 0; i < m; ++i) {
      trueH[k] += lambda[i] * truth.c[i].h[k];
      size += std::abs(lambda[i] * truth.c[i].h[k]);
      if (truth.c[i].h[k] != 0) seen.hessian[k] = 1;
    }
    hScale = std::max(hScale, size);
  }
  for (std::size_t k = 0; k < n * n; ++k) {
    same(H[k], trueH[k], hScale, "H_" + std::to_string(k / n) + "," + std::to_string(k % n));
  }

  program.jacobianProduct(v, Jv);
  program.jacobianTransposedProduct(lambda, Jtv);
  for (std::size_t i = 0; i < m; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) sum += J[i * n + j] * v[j];
    same(Jv[i], sum, jScale, "(J v)_" + std::to_string(i));
  }
  for (std::size_t j = 0; j < n; ++j) {
    double transposed = 0;
    for (std::size_t i = 0; i < m; ++i) transposed += J[i * n + j] * lambda[i];
    same(Jtv[j], transposed, jScale, "(J^T v)_" + std::to_string(j));
  }
  program.constraintsAlong(v, Jv);
  for (std::size_t i = 0; i < m; ++i) {
    double sum = 0, scale = 0;
    for (std::size_t j = 0; j < n; ++j) {
      sum += v[j] * inner(&truth.c[i].h[j * n], v);
      for (std::size_t l = 0; l < n; ++l) scale += std::abs(truth.c[i].h[j * n + l]);
    }
    same(Jv[i], sum, scale, "v^T (Hess c) v_" + std::to_string(i));
  }
  const auto checkProduct = [&](double weight, const std::string& name) {
    program.hessianProduct(weight * sigma, lambda, v, Hv);
    for (std::size_t j = 0; j < n; ++j) {
      double product = weight * inner(&trueH[j * n], v);
      for (std::size_t i = 0; i < m; ++i) product += (1 - weight) * lambda[i] * inner(&truth.c[i].h[j * n], v);
      same(Hv[j], product, hScale, name + std::to_string(j));
    }
  };
  checkProduct(1, "(H v)_");
  program.moveTo(x);
  checkProduct(1, "first (H v)_");
  checkProduct(0, "first (H v) of the constraints_");
  checkProduct(0, "second (H v) of the constraints_");
  checkProduct(1, "second (H v)_");
  return wrong;
}

/// Entries of the patterns that were 0 at every point so far.
inline int superfluous(const nonconvex::Program& program, const Seen& seen) {
  int count = 0;
  const auto n = static_cast<std::size_t>(program.variables());
  const nonconvex::SparsePattern& jacobian = program.jacobianPattern();
  for (std::size_t i = 0; i < static_cast<std::size_t>(program.constraints()); ++i) {
    for (const int j : jacobian.line(static_cast<int>(i)))
      count += seen.jacobian[i * n + static_cast<std::size_t>(j)] ? 0 : 1;
  }
  const nonconvex::SparsePattern& hessian = program.hessianPattern();
  for (std::size_t p = 0; p < n; ++p) {
    for (const int q : hessian.line(static_cast<int>(p)))
      count += seen.hessian[p * n + static_cast<std::size_t>(q)] ? 0 : 1;
  }
  return count;
}

/// f, the gradient of f + lambda^T c, and c.
struct Sample {
  double f;
  std::vector<double> gradient, c;
};

inline Sample sample(nonconvex::Program& program, const std::vector<double>& x, const std::vector<double>& lambda) {
  Sample out{0, std::vector<double>(x.size()), std::vector<double>(lambda.size())};
  std::vector<double> product(x.size());
  program.moveTo(x);
  out.f = program.objective();
  program.constraintValues(out.c);
  program.gradient(out.gradient);
  program.jacobianTransposedProduct(lambda, product);
  for (std::size_t j = 0; j < x.size(); ++j) out.gradient[j] += product[j];
  return out;
}

/// Holds derivatives to central differences of the program's own values, extrapolated once (Richardson).
inline void againstDifferences(const nonconvex::Graph& graph, const std::vector<double>& x, const std::string& name) {
  nonconvex::Program program(graph);
  const std::size_t n = x.size();
  const auto m = static_cast<std::size_t>(program.constraints());
  constexpr double h = 1e-3;
  constexpr double tolerance = 1e-8;
  const std::vector<double> lambda(m, 0.3);
  std::vector<double> g(n), e(n), Jv(m), Hv(n);
  for (std::size_t j = 0; j < n; ++j) {
    std::vector<Sample> samples;
    for (const double step : {h, -h, h / 2, -h / 2}) {
      std::vector<double> moved = x;
      moved[j] += step;
      samples.push_back(sample(program, moved, lambda));
    }
    const auto derivative = [&](auto&& of) {
      const double coarse = (of(samples[0]) - of(samples[1])) / (2 * h);
      const double fine = (of(samples[2]) - of(samples[3])) / h;
      return (4 * fine - coarse) / 3;
    };
    std::fill(e.begin(), e.end(), 0.0);
    e[j] = 1;
    program.moveTo(x);
    program.gradient(g);
    program.jacobianProduct(e, Jv);
    program.hessianProduct(1, lambda, e, Hv);
    const auto same = [&](double a, double b, const std::string& what) {
      const bool good = close(a, b, std::abs(a), tolerance);
      note(good, name.c_str(), static_cast<int>(j), what + ": " + text(a) + ", by differences " + text(b));
    };
    same(g[j], derivative([](const Sample& s) { return s.f; }), "g");
    for (std::size_t i = 0; i < m; ++i) same(Jv[i], derivative([&](const Sample& s) { return s.c[i]; }), "J");
    for (std::size_t i = 0; i < n; ++i) same(Hv[i], derivative([&](const Sample& s) { return s.gradient[i]; }), "H");
  }
}

}  // namespace check
