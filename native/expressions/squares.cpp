#include "expressions/squares.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {
namespace {

/// Follows weights from the objective down to nodes that are squared. A node is left out, or kept, whatever the numbers
/// are: by its operation.
class SquareSearch {
 public:
  SquareSearch(const Graph& graph, std::span<const double> parameters)
      : graph_(graph), parameters_(parameters), weights_(graph.nodes().size()) {}

  std::optional<SumOfNodes> descend() {
    if (graph_.objective() < 0 || !reach(graph_.objective())) return std::nullopt;
    weights_[at(graph_.objective())][0] = 1;
    SumOfNodes found;
    for (int k = graph_.objective(); k >= 0; --k) {
      if (!weights_[at(k)].empty() && !isConstantNode(k) && !look(k, found)) return std::nullopt;
    }
    const bool sum = !found.nodes.empty() && std::ranges::all_of(found.weights, [](double w) { return w >= 0; });
    return sum ? std::optional(std::move(found)) : std::nullopt;
  }

 private:
  static constexpr std::size_t mostEntries = 1'000'000;  // safeguard: weights that are kept

  /// Makes room for the weights of a node; false where there are too many.
  bool reach(int k) {
    if (!weights_[at(k)].empty()) return true;
    entries_ += at(graph_.size(k));
    if (entries_ > mostEntries) return false;
    weights_[at(k)].assign(at(graph_.size(k)), 0.0);
    return true;
  }
  void add(int k, int e, double w) { weights_[at(k)][at(graph_.size(k) == 1 ? 0 : e)] += w; }

  /// Returns true if no variable is in a node that a weight may be made of.
  bool isConstantNode(int k) const {
    const Graph::Node& node = graph_.node(k);
    switch (node.op) {
      case Op::constant:
      case Op::parameters:
        return true;
      case Op::negate:
      case Op::slice:
      case Op::gather:
        return isConstantNode(node.a);
      case Op::multiply:
      case Op::divide:
        return isConstantNode(node.a) && isConstantNode(node.b);
      default:
        return false;
    }
  }
  double constantAt(int k, int e) const {
    const Graph::Node& node = graph_.node(k);
    if (node.size == 1) e = 0;
    switch (node.op) {
      case Op::constant:
        return graph_.numbers(node)[at(e)];
      case Op::parameters:
        return parameters_[at(node.b + e)];
      case Op::negate:
        return -constantAt(node.a, e);
      case Op::slice:
        return constantAt(node.a, graph_.integers(node)[0] + e * graph_.integers(node)[1]);
      case Op::gather:
        return constantAt(node.a, graph_.integers(node)[at(e)]);
      case Op::multiply:
        return constantAt(node.a, e) * constantAt(node.b, e);
      default:
        return constantAt(node.a, e) / constantAt(node.b, e);
    }
  }

  /// Takes the entries of a node as squares, or hands their weights on to what it is the sum of.
  bool look(int k, SumOfNodes& found) {
    const Graph::Node& node = graph_.node(k);
    const std::vector<double>& w = weights_[at(k)];
    if (const int group = squareGroup(node)) {
      found.nodes.push_back(node.a);
      for (int e = 0; e < graph_.size(node.a); ++e) found.weights.push_back(w[at(e / group)]);
      return true;
    }
    return handOn(node, w);
  }

  /// How many squares an entry of the node sums; 0 of a node that is no square.
  int squareGroup(const Graph::Node& node) const {
    if (node.op == Op::square || node.op == Op::abs2) return 1;
    if (node.op == Op::norm2Squared) return node.b;
    const bool equal = (node.op == Op::multiply || node.op == Op::dot) && graph_.same(node.a, node.b);
    if (equal) return node.op == Op::dot ? node.extra : 1;
    const bool power = node.op == Op::pow && graph_.size(node.b) == 1 && graph_.node(node.b).op == Op::constant;
    return power && constantAt(node.b, 0) == 2 ? 1 : 0;
  }

  // Longer than most: a case for each linear operation.
  bool handOn(const Graph::Node& node, const std::vector<double>& w) {
    const auto pass = [&](int to, auto&& weight) {
      if (!reach(to)) return false;
      for (int e = 0; e < node.size; ++e) add(to, e, w[at(e)] * weight(e));
      return true;
    };
    const auto same = [](int) { return 1.0; };
    switch (node.op) {
      case Op::negate:
        return pass(node.a, [](int) { return -1.0; });
      case Op::add:
        return pass(node.a, same) && pass(node.b, same);
      case Op::subtract:
        return pass(node.a, same) && pass(node.b, [](int) { return -1.0; });
      case Op::multiply: {
        const bool first = isConstantNode(node.a);
        const int factor = first ? node.a : node.b;
        return isConstantNode(factor) && pass(first ? node.b : node.a, [&](int e) { return constantAt(factor, e); });
      }
      case Op::divide:
        return isConstantNode(node.b) && pass(node.a, [&](int e) { return 1 / constantAt(node.b, e); });
      case Op::sum:
        if (!reach(node.a)) return false;
        for (int i = 0; i < graph_.size(node.a); ++i) add(node.a, i, w[at(i / node.b)]);
        return true;
      case Op::dot: {
        const bool first = isConstantNode(node.a);
        const int factor = first ? node.a : node.b, of = first ? node.b : node.a;
        if (!isConstantNode(factor) || !reach(of)) return false;
        for (int i = 0; i < node.size * node.extra; ++i) add(of, i, w[at(i / node.extra)] * constantAt(factor, i));
        return true;
      }
      case Op::slice:
        if (!reach(node.a)) return false;
        for (int e = 0; e < node.size; ++e) {
          add(node.a, graph_.integers(node)[0] + e * graph_.integers(node)[1], w[at(e)]);
        }
        return true;
      case Op::gather:
        if (!reach(node.a)) return false;
        for (int e = 0; e < node.size; ++e) add(node.a, graph_.integers(node)[at(e)], w[at(e)]);
        return true;
      case Op::concatenate: {
        std::size_t from = 0;
        for (const std::int32_t piece : graph_.integers(node)) {
          if (!reach(piece)) return false;
          for (int e = 0; e < graph_.size(piece); ++e) add(piece, e, w[from++]);
        }
        return true;
      }
      default:
        return false;
    }
  }

  const Graph& graph_;
  const std::span<const double> parameters_;
  std::vector<std::vector<double>> weights_;  ///< weights of the entries of nodes that are reached
  std::size_t entries_ = 0;
};

}  // namespace

std::optional<SumOfNodes> sumOfSquares(const Graph& graph, std::span<const double> parameters) {
  return SquareSearch(graph, parameters).descend();
}

Graph graphOf(std::span<const int> nodes, const Graph& graph) {
  Graph made = graph.withoutFunctions();
  for (const int node : nodes) made.equalZero(node);
  return made;
}

}  // namespace nonconvex
