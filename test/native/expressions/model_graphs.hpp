// Random expression graphs: every operation, on vectors of any size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "expressions/graph.hpp"
#include "expressions/model_check.hpp"

namespace check {

struct GraphKind {
  int mostVariables = 8;
  int mostNodes = 15;
  bool kinks = false;  ///< graphs have min and max
};

inline nonconvex::ConstantMatrix denseMatrix(std::mt19937_64& random, int rows, int columns) {
  return {rows, columns, uniform(random, static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns))};
}

inline nonconvex::ConstantMatrix sparseMatrix(std::mt19937_64& random, int rows, int columns, double density) {
  nonconvex::SparseMatrix m{.rows = rows, .columns = columns, .values = {}, .offsets = {0}, .indices = {}};
  std::uniform_real_distribution<double> draw(0, 1);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) {
      if (draw(random) >= density) continue;
      m.indices.push_back(j);
      m.values.push_back(draw(random) + 0.1);
    }
    m.offsets.push_back(static_cast<int>(m.indices.size()));
  }
  return m;
}

/// f and c of random operations on earlier nodes; arguments are brought where the operation is defined and its values
/// stay moderate.
class RandomGraph {
 public:
  RandomGraph(std::mt19937_64& random, const GraphKind& kind, const std::vector<double>& parameters = {0.7, 1.4, 0.9})
      : graph(1 + below(random, kind.mostVariables), parameters), random_(random), kind_(kind) {
    const int n = graph.variableCount();
    nodes_ = {graph.variables(0, n), graph.parameters(0, 3), graph.parameters(1, 1)};
    for (int k = 0; k < 3; ++k) {
      const int size = 1 + below(n);
      nodes_.push_back(graph.variables(below(n - size + 1), size));
    }
    const int count = 1 + below(kind.mostNodes);
    for (int k = 0; k < count; ++k) nodes_.push_back(next());
    graph.minimize(scalar(nodes_.back()));
    for (int k = below(4); k > 0; --k) graph.equalZero(pick());
  }

  nonconvex::Graph graph;

 private:
  using Op = nonconvex::Op;

  static int below(std::mt19937_64& random, int end) { return static_cast<int>(random() % static_cast<unsigned>(end)); }
  int below(int end) { return below(random_, end); }
  int pick() { return nodes_[static_cast<std::size_t>(below(static_cast<int>(nodes_.size())))]; }
  int constant(double value) { return graph.constant(value); }
  int constant(double low, double high) { return graph.constant(uniform(random_, 1, low, high)); }
  int bounded(int a) { return graph.unary(Op::tanh, a); }
  int small(int a) { return graph.binary(Op::multiply, constant(0.8), bounded(a)); }
  int positive(int a) { return graph.binary(Op::add, constant(0.3), graph.unary(Op::exp, bounded(a))); }
  int scalar(int a) { return graph.size(a) == 1 ? a : graph.sum(a); }

  /// A node that goes with a: of the same size, or a scalar.
  int partner(int a) {
    const int size = graph.size(a);
    std::vector<int> fit;
    for (const int node : nodes_) {
      if (graph.size(node) == size || graph.size(node) == 1 || size == 1) fit.push_back(node);
    }
    if (below(4) == 0) return graph.constant(uniform(random_, static_cast<std::size_t>(size)));
    return fit[static_cast<std::size_t>(below(static_cast<int>(fit.size())))];
  }
  int group(int size) {
    std::vector<int> divisors;
    for (int d = 1; d <= size; ++d) {
      if (size % d == 0) divisors.push_back(d);
    }
    return divisors[static_cast<std::size_t>(below(static_cast<int>(divisors.size())))];
  }

  int unary(int a) {
    const auto op = static_cast<Op>(static_cast<int>(Op::negate) + below(25));
    switch (op) {
      case Op::sqrt:
      case Op::log:
      case Op::log10:
      case Op::log1p:
      case Op::reciprocal:
        return graph.unary(op, positive(a));
      case Op::asin:
      case Op::acos:
      case Op::atanh:
        return graph.unary(op, small(a));
      case Op::acosh:
        return graph.unary(op, graph.binary(Op::add, constant(1), positive(a)));
      case Op::square:
      case Op::abs2:
      case Op::exp:
      case Op::expm1:
      case Op::tan:
      case Op::sinh:
      case Op::cosh:
        return graph.unary(op, bounded(a));
      default:
        return graph.unary(op, a);
    }
  }

  int binary(int a, int b) {
    switch (below(kind_.kinks ? 12 : 10)) {
      case 0:
      case 1:
        return graph.binary(Op::add, a, b);
      case 2:
        return graph.binary(Op::subtract, a, b);
      case 3:
      case 4:
        return graph.binary(Op::multiply, bounded(a), b);
      case 5:
        return graph.binary(Op::divide, a, positive(b));
      case 6:
        return graph.binary(Op::pow, positive(a), bounded(b));
      case 7:
        return graph.binary(Op::pow, positive(a), constant(-2, 2));
      case 8:
        return graph.binary(Op::pow, bounded(a), constant(below(5)));
      case 9:
        return graph.binary(Op::atan2, a, positive(b));
      case 10:
        return graph.binary(Op::min, a, b);
      default:
        return graph.binary(Op::max, a, b);
    }
  }

  int matvec(int a) {
    const int size = graph.size(a);
    const int count = group(size);
    const bool transposed = below(2) == 0;
    const int in = size / count;
    const int out = 1 + below(12);
    const int rows = transposed ? in : out;
    const int columns = transposed ? out : in;
    const int matrix =
        graph.matrix(below(2) == 0 ? denseMatrix(random_, rows, columns) : sparseMatrix(random_, rows, columns, 0.4));
    return graph.matvec(a, matrix, transposed, count);
  }

  int next() {
    const int a = pick();
    const int size = graph.size(a);
    switch (below(14)) {
      case 0:
      case 1:
      case 2:
        return unary(a);
      case 3:
      case 4:
      case 5:
      case 6:
        return binary(a, partner(a));
      case 7:
        return graph.sum(a, group(size));
      case 8: {
        const int b = partner(a);
        return graph.dot(bounded(a), b, group(std::max(size, graph.size(b))));
      }
      case 9:
        return below(2) == 0 ? graph.norm2Squared(bounded(a), group(size)) : graph.logsumexp(a, group(size));
      case 10: {
        const int step = below(5) - 2;
        const int first = below(size);
        const int most = step == 0 ? 3 : step > 0 ? (size - 1 - first) / step + 1 : first / -step + 1;
        return graph.slice(a, first, step, 1 + below(most));
      }
      case 11: {
        std::vector<std::int32_t> indices(static_cast<std::size_t>(1 + below(8)));
        for (std::int32_t& index : indices) index = below(size);
        return graph.gather(a, indices);
      }
      case 12: {
        const std::vector<std::int32_t> pieces = {a, pick(), constant(-1, 1)};
        return graph.concatenate(std::span(pieces).first(static_cast<std::size_t>(1 + below(3))));
      }
      default:
        return matvec(a);
    }
  }

  std::mt19937_64& random_;
  GraphKind kind_;
  std::vector<int> nodes_;
};

}  // namespace check
