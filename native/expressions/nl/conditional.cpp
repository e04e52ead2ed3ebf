#include "expressions/nl/conditional.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
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

constexpr double any = std::numeric_limits<double>::quiet_NaN();

/// Operands at which an operation and its derivatives are not finite everywhere, and numbers where they are.
struct Safe {
  Op op;
  double a, b;  ///< any: whatever the operand is
};
constexpr Safe safeOperands[] = {
    {Op::sqrt, 1, any},  {Op::exp, 0, any},   {Op::log, 1, any},   {Op::log1p, 0, any},      {Op::expm1, 0, any},
    {Op::log10, 1, any}, {Op::tan, 0, any},   {Op::asin, 0, any},  {Op::acos, 0, any},       {Op::sinh, 0, any},
    {Op::cosh, 0, any},  {Op::acosh, 2, any}, {Op::atanh, 0, any}, {Op::reciprocal, 1, any}, {Op::divide, any, 1},
    {Op::pow, 1, 1},     {Op::atan2, any, 1}};

int holdMoreThan(Graph& graph, int count, std::span<const int> conditions) {
  int sum = conditions[0];
  for (const int next : conditions.subspan(1)) sum = graph.binary(Op::add, sum, next);
  return graph.binary(Op::less, graph.constant(count), sum);
}

int notHolding(Graph& graph, int condition) { return graph.binary(Op::lessEqual, condition, graph.constant(0.0)); }

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
    return isZero(graph, node) ? node : graph.binary(Op::where, holding, node);
  };
  const int first = branch(condition, yes);
  const int second = branch(notHolding(graph, condition), no);
  if (isZero(graph, second)) return first;
  return isZero(graph, first) ? second : graph.binary(Op::add, first, second);
}

int NlGuard::copy(int expression, std::size_t mostNodes) {
  std::vector<Visit> waiting = {{expression, none, false}};
  while (!waiting.empty()) {
    const Visit visit = waiting.back();
    waiting.pop_back();
    if (graph_.nodes().size() > mostNodes) return -1;
    if (copied_.contains(keyOf(visit.node, visit.condition))) continue;
    if (visit.inputsCopied) {
      copied_[keyOf(visit.node, visit.condition)] = translate(visit.node, visit.condition);
      continue;
    }
    waiting.push_back({visit.node, visit.condition, true});
    forEachInput(visit.node, visit.condition, [&](int input, int condition) {
      waiting.push_back({input, condition, false});
    });
  }
  const int result = copied(expression, none);
  copied_[keyOf(result, none)] = result;  // the copy itself is copied no further
  return result;
}

std::uint64_t NlGuard::keyOf(int a, int b) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b);
}

/// Calls f(input, its condition). Conditions themselves stay as they are: they have no derivatives.
template <class F>
void NlGuard::forEachInput(int id, int condition, F&& f) {
  const Graph::Node node = graph_.node(id);
  if (node.op == Op::where) {
    f(node.b, both(condition, node.a));
  } else if (node.op == Op::concatenate) {
    for (const std::int32_t piece : graph_.integers(node)) f(piece, condition);
  } else if (node.a >= 0 && node.op != Op::less && node.op != Op::lessEqual) {
    f(node.a, condition);
    if (isBinary(node.op)) f(node.b, condition);
  }
}

int NlGuard::both(int outer, int inner) {
  if (outer == none) return inner;
  const auto [at, isNew] = both_.try_emplace(keyOf(outer, inner), 0);
  const int conditions[] = {outer, inner};
  if (isNew) at->second = holdMoreThan(graph_, 1, conditions);
  return at->second;
}

int NlGuard::translate(int id, int condition) {
  const Graph::Node node = graph_.node(id);
  if (node.op == Op::concatenate) return translateList(id, condition);
  if (node.a < 0 || node.op == Op::less || node.op == Op::lessEqual) return id;
  if (node.op == Op::where) {
    const int branch = copied(node.b, both(condition, node.a));
    return branch == node.b ? id : graph_.binary(Op::where, node.a, branch);
  }
  const auto* safe = std::find_if(std::begin(safeOperands), std::end(safeOperands),
                                  [&](const Safe& one) { return one.op == node.op; });
  const bool partial = condition != none && safe != std::end(safeOperands) && !isPolynomial(node);
  const int a = partial ? guarded(copied(node.a, condition), condition, safe->a) : copied(node.a, condition);
  if (isUnary(node.op)) return a == node.a ? id : graph_.unary(node.op, a);
  if (node.op == Op::sum) return a == node.a ? id : graph_.sum(a, node.b);
  const int b = partial ? guarded(copied(node.b, condition), condition, safe->b) : copied(node.b, condition);
  return a == node.a && b == node.b ? id : graph_.binary(node.op, a, b);
}

int NlGuard::translateList(int id, int condition) {
  std::vector<std::int32_t> pieces;
  for (const std::int32_t piece : graph_.integers(graph_.node(id))) pieces.push_back(copied(piece, condition));
  const auto before = graph_.integers(graph_.node(id));
  return std::equal(pieces.begin(), pieces.end(), before.begin()) ? id : graph_.concatenate(pieces);
}

/// A power whose exponent is a natural number.
bool NlGuard::isPolynomial(const Graph::Node& node) const {
  if (node.op != Op::pow || graph_.node(node.b).op != Op::constant) return false;
  const double exponent = graph_.numbers(graph_.node(node.b))[0];
  return exponent >= 0 && exponent == std::trunc(exponent);
}

/// The operand where the condition holds, elsewhere a number.
int NlGuard::guarded(int operand, int condition, double number) {
  if (std::isnan(number) || graph_.node(operand).op == Op::constant) return operand;
  const int chosen = graph_.binary(Op::where, condition, operand);
  if (number == 0) return chosen;
  const int other = graph_.binary(Op::where, notHolding(graph_, condition), graph_.constant(number));
  return graph_.binary(Op::add, chosen, other);
}

}  // namespace nonconvex
