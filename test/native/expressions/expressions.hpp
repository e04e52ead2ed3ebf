// Minimize in scalars that become the nodes of a Graph.
#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "expressions/graph.hpp"

namespace expressions {

using nonconvex::Graph;
using nonconvex::Op;

struct Scalar {
  Graph* graph = nullptr;
  int node = -1;
};

inline Scalar binary(Op op, Scalar a, Scalar b) { return {a.graph, a.graph->binary(op, a.node, b.node)}; }
inline Scalar number(Graph* graph, double value) { return {graph, graph->constant(value)}; }

#define EXPRESSIONS_OPERATOR(symbol, name)                                                              \
  inline Scalar operator symbol(Scalar a, Scalar b) { return binary(Op::name, a, b); }                  \
  inline Scalar operator symbol(Scalar a, double b) { return binary(Op::name, a, number(a.graph, b)); } \
  inline Scalar operator symbol(double a, Scalar b) { return binary(Op::name, number(b.graph, a), b); }
EXPRESSIONS_OPERATOR(+, add)
EXPRESSIONS_OPERATOR(-, subtract)
EXPRESSIONS_OPERATOR(*, multiply)
EXPRESSIONS_OPERATOR(/, divide)
#undef EXPRESSIONS_OPERATOR
inline Scalar operator-(Scalar a) { return {a.graph, a.graph->unary(Op::negate, a.node)}; }

#define EXPRESSIONS_FUNCTION(name) \
  inline Scalar name(Scalar a) { return {a.graph, a.graph->unary(Op::name, a.node)}; }
EXPRESSIONS_FUNCTION(sin)
EXPRESSIONS_FUNCTION(cos)
EXPRESSIONS_FUNCTION(exp)
EXPRESSIONS_FUNCTION(log)
EXPRESSIONS_FUNCTION(sqrt)
EXPRESSIONS_FUNCTION(abs)
EXPRESSIONS_FUNCTION(square)
#undef EXPRESSIONS_FUNCTION
inline Scalar pow(Scalar a, double b) { return binary(Op::pow, a, number(a.graph, b)); }

/// x_1, x_2, ...
class Variables {
 public:
  explicit Variables(Graph* graph) : graph_(graph) {}
  Scalar operator()(int k) const { return {graph_, graph_->variables(k - 1, 1)}; }

 private:
  Graph* graph_;
};

struct Minimize {
  Scalar f;  ///< none: 0
  std::vector<Scalar> c;
};

/// sum of term(first), ..., term(last)
template <class Term>
Scalar sum(int first, int last, Term&& term) {
  Scalar total = term(first);
  for (int k = first + 1; k <= last; ++k) total = total + term(k);
  return total;
}

template <class F>
Graph graphOf(int n, F&& formulas) {
  Graph graph(n);
  const Minimize all = formulas(Variables(&graph));
  if (all.f.graph != nullptr) graph.minimize(all.f.node);
  for (const Scalar& c : all.c) graph.equalZero(c.node);
  return graph;
}

}  // namespace expressions
