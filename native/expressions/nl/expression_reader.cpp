#include "expressions/nl/expression_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/index.hpp"
#include "expressions/nl/conditional.hpp"
#include "expressions/nl/opcodes.hpp"

namespace nonconvex {

NlExpressionReader::NlExpressionReader(NlInput& in, Graph& graph, int defined)
    : in_(in),
      graph_(graph),
      guard_(graph),
      variables_(graph.variableCount()),
      defined_(defined),
      variableNodes_(at(variables_), -1),
      definedNodes_(at(defined), -1) {}

int NlExpressionReader::leaf(char key) {
  switch (key) {
    case 'n':
      return graph_.constant(in_.real());
    case 's':
      return graph_.constant(in_.shortInteger());
    case 'l':
      return graph_.constant(in_.integer());
    case 'v':
      return variable();
    case 'f':
      in_.unsupported("imported functions are");
    case 'h':
      in_.unsupported("strings are");
    default:
      in_.fail("unknown expression " + show(std::string_view(&key, 1)));
  }
}

int NlExpressionReader::variable() {
  const int k = in_.index(variables_ + defined_, "variable");
  if (k >= variables_) {
    const int node = definedNodes_[at(k - variables_)];
    if (node < 0) in_.fail("variable " + std::to_string(k) + " is used before its V segment");
    return node;
  }
  int& node = variableNodes_[at(k)];
  if (node < 0) node = graph_.variables(k, 1);
  return node;
}

/// Reads the rest of an operator's line, and the line with its number of operands where it has any number of them.
int NlExpressionReader::operandCount(int code) {
  const std::optional<int> known = nlOperands(code);
  if (!known) {
    const char* refused = refusedNlOperator(code);
    if (refused != nullptr) in_.unsupported("operator o" + std::to_string(code) + " (" + refused + ") is");
    in_.fail("unknown operator o" + std::to_string(code));
  }
  in_.endLine();
  if (*known >= 0) return *known;
  const int operands = in_.count("operands", 2);
  if (operands < 1) in_.fail("an operator without operands");
  in_.endLine();
  return operands;
}

/// Keeps operators that wait for operands in a list, not on the call stack, which a deeply nested file would overflow.
int NlExpressionReader::read() {
  struct Waiting {
    int code;
    std::size_t operands;  // how many it takes
    std::size_t first;     // place of its first operand in `nodes`
  };
  std::vector<Waiting> waiting;
  std::vector<int> nodes;
  for (;;) {
    const char key = in_.key();
    if (key == 'o') {
      const int code = in_.integer();
      waiting.push_back({code, at(operandCount(code)), nodes.size()});
      continue;
    }
    nodes.push_back(leaf(key));
    in_.endLine();
    while (!waiting.empty() && nodes.size() - waiting.back().first == waiting.back().operands) {
      const auto operands = std::span(nodes).subspan(waiting.back().first);
      const int node = apply(waiting.back().code, operands);
      nodes.resize(waiting.back().first);
      nodes.push_back(node);
      waiting.pop_back();
    }
    if (waiting.empty()) return hasBranches_ ? guarded(nodes.back()) : nodes.back();
  }
}

/// Whatever an expression's branches hold is copied: an expression of many branches must not grow without end.
int NlExpressionReader::guarded(int expression) {
  constexpr std::size_t nodesPerByte = 64, many = 1'000'000;
  const int copy = guard_.copy(expression, many + nodesPerByte * in_.size());
  if (copy < 0) in_.unsupported("so many operators inside of `if` are");
  return copy;
}

int NlExpressionReader::sumOf(std::span<const int> nodes) {
  constexpr std::size_t few = 6;
  if (nodes.size() > few) return graph_.sum(graph_.concatenate(nodes));
  int sum = nodes[0];
  for (std::size_t k = 1; k < nodes.size(); ++k) sum = graph_.binary(Op::add, sum, nodes[k]);
  return sum;
}

int NlExpressionReader::apply(int code, std::span<const int> operands) {
  if (code == nlSum) return sumOf(operands);
  if (code == nlLess) {
    return graph_.binary(Op::max, graph_.binary(Op::subtract, operands[0], operands[1]), graph_.constant(0.0));
  }
  if (code == nlIf) {
    hasBranches_ = true;
    return nlSelect(graph_, operands[0], operands[1], operands[2]);
  }
  if (nlConditionOperands(code) != 0) return nlCondition(graph_, code, operands);
  const Op op = nlOpcode(code)->op;
  if (isUnary(op)) return graph_.unary(op, operands[0]);
  int result = operands[0];
  for (std::size_t k = 1; k < operands.size(); ++k) result = graph_.binary(op, result, operands[k]);
  return result;
}

void NlExpressionReader::readDefinition() {
  const int k = in_.integer();
  if (k < variables_ || k - variables_ >= defined_) {
    in_.fail("common subexpression " + std::to_string(k) + ", which should be " + std::to_string(variables_) + " to " +
             std::to_string(static_cast<long long>(variables_) + defined_ - 1));
  }
  const int terms = in_.count("linear terms", 4);
  in_.integer();  // skips the place where it is used
  in_.endLine();
  if (definedNodes_[at(k - variables_)] >= 0) in_.fail("a second V segment " + std::to_string(k));
  std::vector<int> nodes;
  for (int t = 0; t < terms; ++t) {
    const int node = variable();
    const double coefficient = in_.real();
    in_.endLine();
    nodes.push_back(graph_.binary(Op::multiply, graph_.constant(coefficient), node));
  }
  nodes.push_back(read());
  definedNodes_[at(k - variables_)] = sumOf(nodes);
}

}  // namespace nonconvex
