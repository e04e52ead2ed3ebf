// Expressions of an AMPL .nl file, read into a graph.
#pragma once

#include <span>
#include <vector>

#include "expressions/graph.hpp"
#include "expressions/nl/conditional.hpp"
#include "expressions/nl/input.hpp"

namespace nonconvex {

class NlExpressionReader {
 public:
  /// Both must outlive this. `defined`: how many common subexpressions there may be.
  NlExpressionReader(NlInput& in, Graph& graph, int defined);

  /// An expression in prefix form: its node.
  int read();
  /// Reads a common subexpression, which follows the letter V.
  void readDefinition();

 private:
  int leaf(char key);
  int variable();
  int operandCount(int code);
  int apply(int code, std::span<const int> operands);
  int guarded(int expression);
  int sumOf(std::span<const int> nodes);

  NlInput& in_;
  Graph& graph_;
  NlGuard guard_;
  int variables_;
  int defined_;
  bool hasBranches_ = false;        // an `if` has been read
  std::vector<int> variableNodes_;  // -1: not used yet
  std::vector<int> definedNodes_;   // -1: not read
};

}  // namespace nonconvex
