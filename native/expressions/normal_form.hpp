// A graph in fewer operations: equal nodes are one, constants are folded, what nothing depends on is left out, and
// norms, dot products and logsumexp are spelled out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expressions/graph.hpp"

namespace nonconvex {

class NormalForm {
 public:
  // Beside those of Op:
  static constexpr Op maximum = static_cast<Op>(200);  ///< maxima of groups; no derivative, see logsumexp
  static constexpr Op repeat = static_cast<Op>(201);   ///< each entry as often as its group is long

  struct Node {
    Op op = Op::constant;
    int size = 1;
    int a = -1;       ///< first input
    int b = -1;       ///< second input; first, group, matrix or step; of a constant, see `number`
    int extra = 0;    ///< 2 count + transposed of matvec; first of a slice or of a concatenation's pieces
    int source = -1;  ///< the node of the graph that has the integers, the numbers or the matrix
  };
  enum class Kind : char { leaf, index, elementwise, sum, matvec, maximum };

  explicit NormalForm(const Graph& graph);

  const Graph& graph() const { return graph_; }
  std::span<const Node> nodes() const { return nodes_; }
  int count() const { return static_cast<int>(nodes_.size()); }
  const Node& node(int id) const { return nodes_[static_cast<std::size_t>(id)]; }
  int size(int id) const { return node(id).size; }
  Kind kind(int id) const { return kinds_[static_cast<std::size_t>(id)]; }
  int objective() const { return objective_; }  ///< -1: none
  std::span<const int> constraints() const { return constraints_; }

  bool isScalarConstant(int id) const { return node(id).op == Op::constant && size(id) == 1; }
  /// Entry of a constant.
  double number(const Node& node, int entry = 0) const;
  std::span<const int> pieces(const Node& node) const {  ///< nodes that a concatenation joins
    return std::span(pieces_).subspan(static_cast<std::size_t>(node.extra), static_cast<std::size_t>(node.b));
  }
  const std::shared_ptr<const ConstantMatrix>& matrixOf(const Node& node) const {
    return graph_.matrixOf(graph_.node(node.source));
  }
  /// Which entry of which node an entry of an index node is.
  std::pair<int, int> inputOf(int id, int entry) const;

 private:
  int translate(const Graph::Node& node, int source);
  int intern(const Node& node);
  int constant(double value);
  int elementwise(Op op, int a, int b = -1);
  int sum(int a, int group);
  int logsumexp(const Graph::Node& node, int a);
  int selection(const Graph::Node& node, int a, int source);
  int concatenation(const Graph::Node& node);

  const Graph& graph_;
  std::vector<Node> nodes_;
  std::vector<Kind> kinds_;
  std::vector<int> translated_;  // the node here for each node of the graph
  std::vector<double> scalars_;
  std::vector<int> pieces_;
  std::unordered_map<int, std::vector<int>> ends_;  // ends of the pieces of a concatenation that are not all scalars
  std::vector<int> table_;                          // hash table of nodes; -1: free
  std::unordered_map<std::uint64_t, int> constantOf_;
  std::vector<int> constraints_;
  int objective_ = -1;
};

}  // namespace nonconvex
