// Conditions and if-then-else of AMPL's .nl files, made so that the branch that is not taken does no harm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "expressions/graph.hpp"

namespace nonconvex {

// Opcodes of logic.
constexpr int nlIf = 35;

/// How many operands a condition's opcode has; -1: a list with its length before it; 0: it is no condition.
int nlConditionOperands(int code);

/// The node of a comparison or of a combination of conditions: 1 where it holds, otherwise 0.
int nlCondition(Graph& graph, int code, std::span<const int> operands);

/// `yes` where the condition holds, otherwise `no`. Where a branch is not taken it has to be finite: see `NlGuard`.
int nlSelect(Graph& graph, int condition, int yes, int no);

/// Copies expressions so that what is not finite in a branch that is not taken, values or derivatives, does not reach
/// the result: there operands of logarithms, quotients and the like are numbers at which these are smooth.
///
/// It goes from the top of an expression, so that each branch knows the conditions of all branches that it is in. What
/// several branches share is copied for each.
class NlGuard {
 public:
  /// The graph must outlive this.
  explicit NlGuard(Graph& graph) : graph_(graph) {}

  /// The copy's node; -1: the graph would have more than `mostNodes`.
  int copy(int expression, std::size_t mostNodes);

 private:
  static constexpr int none = -1;  // the condition outside of all branches
  struct Visit {
    int node;
    int condition;
    bool inputsCopied;
  };
  static std::uint64_t keyOf(int a, int b);
  int copied(int node, int condition) const { return copied_.at(keyOf(node, condition)); }
  template <class F>
  void forEachInput(int id, int condition, F&& f);
  int both(int outer, int inner);
  int translate(int id, int condition);
  int translateList(int id, int condition);
  bool isPolynomial(const Graph::Node& node) const;
  int guarded(int operand, int condition, double number);

  Graph& graph_;
  std::unordered_map<std::uint64_t, int> copied_;  // the copy of a node under a condition
  std::unordered_map<std::uint64_t, int> both_;    // the node that joins two conditions
};

}  // namespace nonconvex
