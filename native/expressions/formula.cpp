#include "expressions/formula.hpp"

#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

namespace nonconvex {

namespace {

constexpr std::int32_t code(Op op) { return static_cast<std::int32_t>(op); }
constexpr std::int32_t code(ScalarOp op) { return static_cast<std::int32_t>(op); }

}  // namespace

double applyScalar(std::int32_t op, double a, double b) {
  if (op == code(ScalarOp::sign)) return a > 0 ? 1 : a < 0 ? -1 : a;
  if (op == code(ScalarOp::copy)) return a;
  switch (static_cast<Op>(op)) {
#define UNARY(name, number, nl, value, derivative, ...) \
  case Op::name:                                        \
    return value;
#define BINARY(name, number, nl, value, ...) \
  case Op::name:                             \
    return value;
#include "expressions/operators.def"
    default:
      return 0;
  }
}

std::size_t Formulas::Hash::operator()(const Key& key) const {
  std::uint64_t h = key.bits ^ (static_cast<std::uint64_t>(key.op) << 56);
  h ^= static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.a)) * 0x9e3779b97f4a7c15ULL;
  h ^= std::rotl(static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.b)) * 0xc2b2ae3d27d4eb4fULL, 31);
  h *= 0x9e3779b97f4a7c15ULL;
  return static_cast<std::size_t>(h ^ (h >> 29));
}

int Formulas::intern(Node node) {
  const Key key{node.op, node.a, node.b, std::bit_cast<std::uint64_t>(node.value)};
  const auto [at, isNew] = known_.try_emplace(key, size());
  if (isNew) nodes_.push_back(node);
  return at->second;
}

int Formulas::constant(double value) {
  if (value == 0) value = 0;  // one zero
  return intern({code(ScalarOp::constant), -1, -1, value});
}
int Formulas::input(int k) { return intern({code(ScalarOp::input), k, -1, 0}); }

int Formulas::unary(Op op, int a) {
  if (isConstant(a)) return constant(applyScalar(code(op), node(a).value, 0));
  const Node inner = node(a);
  if (op == Op::negate) {
    if (inner.op == code(Op::negate)) return inner.a;
    if (inner.op == code(Op::subtract)) return subtract(inner.b, inner.a);
    if (inner.op == code(Op::multiply) && isConstant(inner.a)) {
      return multiply(constant(-node(inner.a).value), inner.b);
    }
  }
  if (op == Op::abs2) op = Op::square;
  if ((op == Op::square || op == Op::abs) && inner.op == code(Op::negate)) a = inner.a;
  return intern({code(op), a, -1, 0});
}

int Formulas::binary(Op op, int a, int b) {
  if (isConstant(a) && isConstant(b)) return constant(applyScalar(code(op), node(a).value, node(b).value));
  switch (op) {
    case Op::add:
      return add(a, b);
    case Op::subtract:
      return subtract(a, b);
    case Op::multiply:
      return multiply(a, b);
    case Op::divide:
      return divide(a, b);
    case Op::pow:
      return pow(a, b);
    default:
      return intern({code(op), a, b, 0});
  }
}

int Formulas::add(int a, int b) {
  if (isConstant(a) && isConstant(b)) return constant(node(a).value + node(b).value);
  if (isConstant(a, 0)) return b;
  if (isConstant(b, 0)) return a;
  if (a == b) return multiply(constant(2), a);
  if (node(b).op == code(Op::negate)) return subtract(a, node(b).a);
  if (node(a).op == code(Op::negate)) return subtract(b, node(a).a);
  if (a > b) std::swap(a, b);
  return intern({code(Op::add), a, b, 0});
}

int Formulas::subtract(int a, int b) {
  if (isConstant(a) && isConstant(b)) return constant(node(a).value - node(b).value);
  if (isConstant(b, 0)) return a;
  if (a == b) return constant(0);
  if (isConstant(a, 0)) return negate(b);
  if (node(b).op == code(Op::negate)) return add(a, node(b).a);
  return intern({code(Op::subtract), a, b, 0});
}

int Formulas::multiply(int a, int b) {
  if (isConstant(b)) std::swap(a, b);  // constants come first
  if (isConstant(a)) {
    const double value = node(a).value;
    if (isConstant(b)) return constant(value * node(b).value);
    if (value == 0) return a;
    if (value == 1) return b;
    if (value == -1) return negate(b);
    const Node inner = node(b);
    if (inner.op == code(Op::multiply) && isConstant(inner.a)) {
      return multiply(constant(value * node(inner.a).value), inner.b);
    }
    if (inner.op == code(Op::negate)) return multiply(constant(-value), inner.a);
    return intern({code(Op::multiply), a, b, 0});
  }
  if (a == b) return unary(Op::square, a);
  if (node(a).op == code(Op::negate)) return negate(multiply(node(a).a, b));
  if (node(b).op == code(Op::negate)) return negate(multiply(a, node(b).a));
  // Constant factors move outwards, where they meet others.
  if (node(a).op == code(Op::multiply) && isConstant(node(a).a)) {
    return multiply(node(a).a, multiply(node(a).b, b));
  }
  if (node(b).op == code(Op::multiply) && isConstant(node(b).a)) {
    return multiply(node(b).a, multiply(a, node(b).b));
  }
  if (a > b) std::swap(a, b);
  return intern({code(Op::multiply), a, b, 0});
}

int Formulas::divide(int a, int b) {
  if (isConstant(a) && isConstant(b)) return constant(node(a).value / node(b).value);
  if (isConstant(a, 0)) return a;
  if (isConstant(b, 1)) return a;
  if (isConstant(a, 1)) return unary(Op::reciprocal, b);
  if (a == b) return constant(1);
  return intern({code(Op::divide), a, b, 0});
}

int Formulas::integerPower(int a, int exponent) {
  int result = -1;
  for (int factor = a; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = result < 0 ? factor : multiply(result, factor);
    if (exponent > 1) factor = unary(Op::square, factor);
  }
  return result;
}

int Formulas::pow(int a, int b) {
  if (isConstant(a) && isConstant(b)) return constant(std::pow(node(a).value, node(b).value));
  if (isConstant(b)) {
    constexpr double mostMultiplied = 8;
    const double exponent = node(b).value;
    if (exponent == 0) return constant(1);
    if (exponent == 0.5) return unary(Op::sqrt, a);
    if (exponent == std::trunc(exponent) && std::abs(exponent) <= mostMultiplied) {
      const int power = integerPower(a, static_cast<int>(std::abs(exponent)));
      return exponent > 0 ? power : unary(Op::reciprocal, power);
    }
  }
  return intern({code(Op::pow), a, b, 0});
}

int Formulas::derivative(int y, int which) {
  const Node node = nodes_[static_cast<std::size_t>(y)];
  const int a = node.a;
  const int b = node.b;
  const int one = constant(1);
  switch (static_cast<Op>(node.op)) {
#define UNARY(name, number, nl, value, derivative, ...) \
  case Op::name:                                        \
    return derivative;
#define BINARY(name, number, nl, value, byFirst, bySecond, ...) \
  case Op::name:                                                \
    return which == 0 ? byFirst : bySecond;
#include "expressions/operators.def"
    default:  // sign
      return constant(0);
  }
}

std::vector<int> Formulas::gradient(int node, std::span<const char> active) {
  // Which nodes lie between the inputs and `node`, then one reverse sweep over them.
  const auto count = static_cast<std::size_t>(node) + 1;
  std::vector<char> depends(count, 0);
  for (std::size_t k = 0; k < count; ++k) {
    const Node& y = nodes_[k];
    if (y.op == code(ScalarOp::input)) {
      depends[k] = static_cast<std::size_t>(y.a) < active.size() ? active[static_cast<std::size_t>(y.a)] : 0;
    } else if (y.op != code(ScalarOp::constant)) {
      depends[k] = depends[static_cast<std::size_t>(y.a)];
      if (y.b >= 0 && depends[static_cast<std::size_t>(y.b)]) depends[k] = 1;
    }
  }
  std::vector<int> adjoint(count, -1);
  std::vector<int> out(active.size(), constant(0));
  adjoint[count - 1] = constant(1);
  for (std::size_t k = count; k-- > 0;) {
    if (adjoint[k] < 0 || !depends[k]) continue;
    const Node y = nodes_[k];
    if (y.op == code(ScalarOp::input)) {
      out[static_cast<std::size_t>(y.a)] = adjoint[k];
      continue;
    }
    const int operands[] = {y.a, y.b};
    for (int which = 0; which < 2; ++which) {
      if (operands[which] < 0) continue;
      const auto operand = static_cast<std::size_t>(operands[which]);
      if (!depends[operand]) continue;
      const int part = multiply(adjoint[k], derivative(static_cast<int>(k), which));
      if (isConstant(part, 0)) continue;
      adjoint[operand] = adjoint[operand] < 0 ? part : add(adjoint[operand], part);
    }
  }
  return out;
}

}  // namespace nonconvex
