#include "expressions/nl/conditional.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <vector>

#include "core/index.hpp"

namespace nonconvex {

namespace {

enum Code : int {
  orCode = 20,
  andCode = 21,
  less = 22,
  lessEqual = 23,
  equal = 24,
  greaterEqual = 28,
  greater = 29,
  unequal = 30,
  notCode = 34,
  forAll = 70,
  exists = 71
};

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Operands at which an operation and its derivatives are not finite everywhere, and numbers where they are.
struct Safe {
  Op op;
  double a, b;  ///< none: any operand will do
};
constexpr Safe safeOperands[] = {
    {Op::sqrt, 1, none},  {Op::exp, 0, none},   {Op::log, 1, none},   {Op::log1p, 0, none},      {Op::expm1, 0, none},
    {Op::log10, 1, none}, {Op::tan, 0, none},   {Op::asin, 0, none},  {Op::acos, 0, none},       {Op::sinh, 0, none},
    {Op::cosh, 0, none},  {Op::acosh, 2, none}, {Op::atanh, 0, none}, {Op::reciprocal, 1, none}, {Op::divide, none, 1},
    {Op::pow, 1, 1},      {Op::atan2, none, 1}};

int holdMoreThan(Graph& graph, int count, std::span<const int> conditions) {
  int sum = conditions[0];
  for (const int next : conditions.subspan(1)) sum = graph.binary(Op::add, sum, next);
  return graph.binary(Op::less, graph.constant(count), sum);
}

int notHolding(Graph& graph, int condition) { return graph.binary(Op::lessEqual, condition, graph.constant(0.0)); }

/// Copies a branch so that it is finite wherever its condition does not hold.
class Guard {
 public:
  Guard(Graph& graph, int condition) : graph_(graph), condition_(condition) {}

  int copy(int branch) {
    for (const int id : below(branch)) translated_[id] = translate(id);
    return translated_.at(branch);
  }

 private:
  /// The nodes of an expression, operands before those that use them.
  std::vector<int> below(int top) {
    std::vector<int> found;
    std::vector<int> waiting = {top};
    std::unordered_map<int, bool> seen;
    while (!waiting.empty()) {
      const int id = waiting.back();
      waiting.pop_back();
      if (!seen.try_emplace(id, true).second) continue;
      found.push_back(id);
      const Graph::Node& node = graph_.node(id);
      if (node.op == Op::concatenate) {
        for (const std::int32_t piece : graph_.integers(node)) waiting.push_back(piece);
      } else if (node.a >= 0) {
        waiting.push_back(node.a);
        if (isBinary(node.op)) waiting.push_back(node.b);
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  int translate(int id) {
    const Graph::Node node = graph_.node(id);
    if (node.op == Op::concatenate) return translateList(id);
    if (node.a < 0) return id;
    const auto* safe = std::find_if(std::begin(safeOperands), std::end(safeOperands),
                                    [&](const Safe& one) { return one.op == node.op; });
    const bool partial = safe != std::end(safeOperands) && !isPolynomial(node);
    const int a = partial ? guarded(translated_.at(node.a), safe->a) : translated_.at(node.a);
    if (isUnary(node.op)) return a == node.a ? id : graph_.unary(node.op, a);
    if (node.op == Op::sum) return a == node.a ? id : graph_.sum(a, node.b);
    const int b = partial ? guarded(translated_.at(node.b), safe->b) : translated_.at(node.b);
    return a == node.a && b == node.b ? id : graph_.binary(node.op, a, b);
  }

  int translateList(int id) {
    std::vector<std::int32_t> pieces;
    for (const std::int32_t piece : graph_.integers(graph_.node(id))) pieces.push_back(translated_.at(piece));
    const auto before = graph_.integers(graph_.node(id));
    return std::equal(pieces.begin(), pieces.end(), before.begin()) ? id : graph_.concatenate(pieces);
  }

  /// A power whose exponent is a natural number.
  bool isPolynomial(const Graph::Node& node) const {
    if (node.op != Op::pow || graph_.node(node.b).op != Op::constant) return false;
    const double exponent = graph_.numbers(graph_.node(node.b))[0];
    return exponent >= 0 && exponent == std::trunc(exponent);
  }

  /// The operand where the condition holds, elsewhere a number.
  int guarded(int operand, double number) {
    if (std::isnan(number) || graph_.node(operand).op == Op::constant) return operand;
    const int chosen = graph_.binary(Op::where, condition_, operand);
    if (number == 0) return chosen;
    const int other = graph_.binary(Op::where, notHolding(graph_, condition_), graph_.constant(number));
    return graph_.binary(Op::add, chosen, other);
  }

  Graph& graph_;
  int condition_;
  std::unordered_map<int, int> translated_;
};

bool isCondition(const Graph& graph, int node) {
  return graph.node(node).op == Op::less || graph.node(node).op == Op::lessEqual;
}

bool isZero(const Graph& graph, int node) {
  return graph.node(node).op == Op::constant && graph.numbers(graph.node(node))[0] == 0;
}

}  // namespace

int nlConditionOperands(int code) {
  switch (code) {
    case notCode:
      return 1;
    case orCode:
    case andCode:
    case less:
    case lessEqual:
    case equal:
    case greaterEqual:
    case greater:
    case unequal:
      return 2;
    case forAll:
    case exists:
      return -1;
    default:
      return 0;
  }
}

int nlCondition(Graph& graph, int code, std::span<const int> operands) {
  const auto compare = [&](Op op, std::size_t a, std::size_t b) { return graph.binary(op, operands[a], operands[b]); };
  switch (code) {
    case less:
      return compare(Op::less, 0, 1);
    case lessEqual:
      return compare(Op::lessEqual, 0, 1);
    case greater:
      return compare(Op::less, 1, 0);
    case greaterEqual:
      return compare(Op::lessEqual, 1, 0);
    case notCode:
      return notHolding(graph, operands[0]);
    case orCode:
    case exists:
      return holdMoreThan(graph, 0, operands);
    case equal: {
      const int both[] = {compare(Op::lessEqual, 0, 1), compare(Op::lessEqual, 1, 0)};
      return holdMoreThan(graph, 1, both);
    }
    case unequal: {
      const int either[] = {compare(Op::less, 0, 1), compare(Op::less, 1, 0)};
      return holdMoreThan(graph, 0, either);
    }
    default:  // and, forall
      return holdMoreThan(graph, static_cast<int>(operands.size()) - 1, operands);
  }
}

int nlSelect(Graph& graph, int condition, int yes, int no) {
  if (!isCondition(graph, condition)) {
    const int withZero[] = {condition, graph.constant(0.0)};
    condition = nlCondition(graph, unequal, withZero);
  }
  const auto branch = [&](int holding, int node) {
    return isZero(graph, node) ? node : graph.binary(Op::where, holding, Guard(graph, holding).copy(node));
  };
  const int first = branch(condition, yes);
  const int second = branch(notHolding(graph, condition), no);
  if (isZero(graph, second)) return first;
  return isZero(graph, first) ? second : graph.binary(Op::add, first, second);
}

}  // namespace nonconvex
