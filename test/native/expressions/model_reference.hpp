// A plain interpreter of expression graphs on numbers that carry their first and second derivatives densely. It shares
// with the code under test only the class that holds the graph; each operation's derivatives are written out by hand.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "expressions/graph.hpp"

namespace reference {

using nonconvex::Graph;
using nonconvex::Op;

struct Jet {
  double value = 0;
  std::vector<double> g;  // n
  std::vector<double> h;  // n x n
  explicit Jet(std::size_t n = 0, double v = 0) : value(v), g(n, 0), h(n * n, 0) {}
};

/// f(a) with f' and f''.
inline Jet chain(const Jet& a, double f, double f1, double f2) {
  const std::size_t n = a.g.size();
  Jet out(n, f);
  for (std::size_t i = 0; i < n; ++i) {
    out.g[i] = f1 * a.g[i];
    for (std::size_t j = 0; j < n; ++j) out.h[i * n + j] = f1 * a.h[i * n + j] + f2 * a.g[i] * a.g[j];
  }
  return out;
}

struct Second {
  double f, a, b, aa, ab, bb;
};
inline Jet chain(const Jet& x, const Jet& y, const Second& d) {
  const std::size_t n = x.g.size();
  Jet out(n, d.f);
  const auto part = [](double by, double of) { return of == 0 ? 0 : by * of; };  // 0 where log of a base is not defined
  for (std::size_t i = 0; i < n; ++i) {
    out.g[i] = part(d.a, x.g[i]) + part(d.b, y.g[i]);
    for (std::size_t j = 0; j < n; ++j) {
      out.h[i * n + j] = part(d.a, x.h[i * n + j]) + part(d.b, y.h[i * n + j]) + part(d.aa, x.g[i] * x.g[j]) +
                         part(d.ab, x.g[i] * y.g[j] + y.g[i] * x.g[j]) + part(d.bb, y.g[i] * y.g[j]);
    }
  }
  return out;
}

struct Derivatives {
  double f, first, second;
};
inline Derivatives unary(Op op, double x) {
  const double e = std::exp(x);
  switch (op) {
    case Op::negate:
      return {-x, -1, 0};
    case Op::abs:
      return {std::abs(x), x < 0 ? -1.0 : 1.0, 0};
    case Op::square:
    case Op::abs2:
      return {x * x, 2 * x, 2};
    case Op::sqrt:
      return {std::sqrt(x), 0.5 * std::pow(x, -0.5), -0.25 * std::pow(x, -1.5)};
    case Op::exp:
      return {e, e, e};
    case Op::log:
      return {std::log(x), 1 / x, -1 / (x * x)};
    case Op::log1p:
      return {std::log1p(x), 1 / (1 + x), -std::pow(1 + x, -2)};
    case Op::expm1:
      return {std::expm1(x), e, e};
    case Op::log10:
      return {std::log10(x), 1 / (x * std::log(10.0)), -1 / (x * x * std::log(10.0))};
    case Op::sin:
      return {std::sin(x), std::cos(x), -std::sin(x)};
    case Op::cos:
      return {std::cos(x), -std::sin(x), -std::cos(x)};
    case Op::tan: {
      const double s2 = 1 / (std::cos(x) * std::cos(x));
      return {std::tan(x), s2, 2 * std::tan(x) * s2};
    }
    case Op::asin:
      return {std::asin(x), std::pow(1 - x * x, -0.5), x * std::pow(1 - x * x, -1.5)};
    case Op::acos:
      return {std::acos(x), -std::pow(1 - x * x, -0.5), -x * std::pow(1 - x * x, -1.5)};
    case Op::atan:
      return {std::atan(x), 1 / (1 + x * x), -2 * x / ((1 + x * x) * (1 + x * x))};
    case Op::sinh:
      return {std::sinh(x), std::cosh(x), std::sinh(x)};
    case Op::cosh:
      return {std::cosh(x), std::sinh(x), std::cosh(x)};
    case Op::tanh: {
      const double s2 = 1 / (std::cosh(x) * std::cosh(x));
      return {std::tanh(x), s2, -2 * std::tanh(x) * s2};
    }
    case Op::asinh:
      return {std::asinh(x), std::pow(1 + x * x, -0.5), -x * std::pow(1 + x * x, -1.5)};
    case Op::acosh:
      return {std::acosh(x), std::pow(x * x - 1, -0.5), -x * std::pow(x * x - 1, -1.5)};
    case Op::atanh:
      return {std::atanh(x), 1 / (1 - x * x), 2 * x / ((1 - x * x) * (1 - x * x))};
    case Op::softplus: {
      const double s = 1 / (1 + std::exp(-x));
      return {std::log(1 + e), s, s * (1 - s)};
    }
    case Op::sigmoid: {
      const double s = 1 / (1 + std::exp(-x));
      return {s, s * (1 - s), s * (1 - s) * (1 - 2 * s)};
    }
    case Op::reciprocal:
      return {1 / x, -1 / (x * x), 2 / (x * x * x)};
    default:
      throw std::logic_error("not a unary operation");
  }
}

inline Second binary(Op op, double a, double b) {
  switch (op) {
    case Op::add:
      return {a + b, 1, 1, 0, 0, 0};
    case Op::subtract:
      return {a - b, 1, -1, 0, 0, 0};
    case Op::multiply:
      return {a * b, b, a, 0, 1, 0};
    case Op::divide:
      return {a / b, 1 / b, -a / (b * b), 0, -1 / (b * b), 2 * a / (b * b * b)};
    case Op::pow: {
      const double f = std::pow(a, b);
      const double l = std::log(a);
      return {f,
              b == 0 ? 0 : b * std::pow(a, b - 1),
              f * l,
              b == 0 || b == 1 ? 0 : b * (b - 1) * std::pow(a, b - 2),
              std::pow(a, b - 1) * (1 + b * l),
              f * l * l};
    }
    case Op::min:
      return {std::fmin(a, b), a <= b ? 1.0 : 0.0, a <= b ? 0.0 : 1.0, 0, 0, 0};
    case Op::max:
      return {std::fmax(a, b), a >= b ? 1.0 : 0.0, a >= b ? 0.0 : 1.0, 0, 0, 0};
    case Op::atan2: {
      const double r2 = a * a + b * b;
      const double r4 = r2 * r2;
      return {std::atan2(a, b), b / r2, -a / r2, -2 * a * b / r4, (a * a - b * b) / r4, 2 * a * b / r4};
    }
    default:
      throw std::logic_error("not a binary operation");
  }
}

using Values = std::vector<Jet>;  // values of a node

inline std::vector<Values> interpret(const Graph& graph, const std::vector<double>& x) {
  const std::size_t n = x.size();
  std::vector<Values> all;
  const auto sumOf = [&](const Values& a, std::size_t group) {
    Values out;
    for (std::size_t k = 0; k < a.size(); k += group) {
      Jet total(n);
      for (std::size_t j = k; j < k + group; ++j) total = chain(total, a[j], binary(Op::add, total.value, a[j].value));
      out.push_back(total);
    }
    return out;
  };
  const auto elementwise = [&](Op op, const Values& a, const Values& b) {
    Values out;
    for (std::size_t k = 0; k < std::max(a.size(), b.size()); ++k) {
      const Jet& u = a[a.size() == 1 ? 0 : k];
      const Jet& v = b[b.size() == 1 ? 0 : k];
      out.push_back(chain(u, v, binary(op, u.value, v.value)));
    }
    return out;
  };
  const auto each = [&](Op op, const Values& a) {
    Values out;
    for (const Jet& u : a) {
      const Derivatives d = unary(op, u.value);
      out.push_back(chain(u, d.f, d.first, d.second));
    }
    return out;
  };
  for (const Graph::Node& node : graph.nodes()) {
    Values out;
    const auto in = [&](int k) -> const Values& { return all[static_cast<std::size_t>(k)]; };
    const auto size = static_cast<std::size_t>(node.size);
    if (nonconvex::isUnary(node.op)) {
      out = each(node.op, in(node.a));
    } else if (nonconvex::isBinary(node.op)) {
      out = elementwise(node.op, in(node.a), in(node.b));
    } else if (node.op == Op::constant) {
      for (const double value : graph.numbers(node)) out.emplace_back(n, value);
    } else if (node.op == Op::parameters) {
      for (std::size_t k = 0; k < size; ++k) {
        out.emplace_back(n, graph.parameterValues()[static_cast<std::size_t>(node.b) + k]);
      }
    } else if (node.op == Op::variables) {
      for (std::size_t k = 0; k < size; ++k) {
        const std::size_t j = static_cast<std::size_t>(node.b) + k;
        out.emplace_back(n, x[j]);
        out.back().g[j] = 1;
      }
    } else if (node.op == Op::sum) {
      out = sumOf(in(node.a), static_cast<std::size_t>(node.b));
    } else if (node.op == Op::dot) {
      out = sumOf(elementwise(Op::multiply, in(node.a), in(node.b)), static_cast<std::size_t>(node.extra));
    } else if (node.op == Op::norm2Squared) {
      out = sumOf(elementwise(Op::multiply, in(node.a), in(node.a)), static_cast<std::size_t>(node.b));
    } else if (node.op == Op::logsumexp) {
      out = each(Op::log, sumOf(each(Op::exp, in(node.a)), static_cast<std::size_t>(node.b)));
    } else if (node.op == Op::matvec) {
      const nonconvex::ConstantMatrix& m = *graph.matrixOf(node);
      const bool transposed = node.extra % 2 == 1;
      const auto columns = static_cast<std::size_t>(m.columns);
      std::vector<double> dense(static_cast<std::size_t>(m.rows) * columns, 0);
      if (m.dense()) dense = m.values;
      for (std::size_t i = 0; !m.dense() && i + 1 < m.offsets.size(); ++i) {
        for (int k = m.offsets[i]; k < m.offsets[i + 1]; ++k) {
          const auto e = static_cast<std::size_t>(k);
          dense[i * columns + static_cast<std::size_t>(m.indices[e])] = m.values[e];
        }
      }
      const auto lines = static_cast<std::size_t>(transposed ? m.columns : m.rows);
      const auto width = static_cast<std::size_t>(transposed ? m.rows : m.columns);
      for (std::size_t k = 0; k < size; ++k) {
        Jet total(n);
        for (std::size_t j = 0; j < width; ++j) {
          const double by = transposed ? dense[j * columns + k % lines] : dense[(k % lines) * columns + j];
          const Jet& v = in(node.a)[k / lines * width + j];
          const Jet part = chain(v, by * v.value, by, 0);
          total = chain(total, part, binary(Op::add, total.value, part.value));
        }
        out.push_back(total);
      }
    } else if (node.op == Op::slice) {
      const auto list = graph.integers(node);
      for (int k = 0; k < node.size; ++k) out.push_back(in(node.a)[static_cast<std::size_t>(list[0] + k * list[1])]);
    } else if (node.op == Op::gather) {
      for (const std::int32_t k : graph.integers(node)) out.push_back(in(node.a)[static_cast<std::size_t>(k)]);
    } else {
      for (const std::int32_t k : graph.integers(node)) out.insert(out.end(), in(k).begin(), in(k).end());
    }
    all.push_back(std::move(out));
  }
  return all;
}

struct Model {
  Jet f;
  std::vector<Jet> c;
};

inline Model evaluate(const Graph& graph, const std::vector<double>& x) {
  const std::vector<Values> all = interpret(graph, x);
  Model out;
  out.f = graph.objective() < 0 ? Jet(x.size()) : all[static_cast<std::size_t>(graph.objective())].front();
  for (const int node : graph.constraints()) {
    const Values& values = all[static_cast<std::size_t>(node)];
    out.c.insert(out.c.end(), values.begin(), values.end());
  }
  return out;
}

}  // namespace reference
