// Scalar formulas with symbolic derivatives: what one row of a kernel computes.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "expressions/graph.hpp"

namespace nonconvex {

/// A scalar operation; those of Op, and a few that only derivatives need.
enum class ScalarOp : std::int32_t {
  constant = 0,
  input = 1,
  // 10 to 79 are those of Op
  sign = 100,  ///< -1, 0 or 1
  copy = 102,
};

/// Formulas over numbered inputs; equal ones are one node, and what is constant is folded, so that a derivative that is
/// zero by structure is the constant 0.
class Formulas {
 public:
  struct Node {
    std::int32_t op = 0;
    int a = -1;  ///< the number of an input
    int b = -1;
    double value = 0;  ///< the number that a constant is
  };

  int constant(double value);
  int input(int k);
  int unary(Op op, int a);
  int binary(Op op, int a, int b);

  /// Derivatives of `node` with respect to inputs 0..count - 1: nodes. Those of inputs that are not active are 0.
  std::vector<int> gradient(int node, std::span<const char> active);

  const Node& node(int k) const { return nodes_[static_cast<std::size_t>(k)]; }
  int size() const { return static_cast<int>(nodes_.size()); }
  bool isConstant(int k) const { return node(k).op == static_cast<std::int32_t>(ScalarOp::constant); }
  bool isConstant(int k, double value) const { return isConstant(k) && node(k).value == value; }

 private:
  struct Key {
    std::int32_t op;
    int a, b;
    std::uint64_t bits;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  int intern(Node node);
  int scalar(ScalarOp op, int a, int b = -1) { return intern({static_cast<std::int32_t>(op), a, b, 0}); }
  int add(int a, int b);
  int subtract(int a, int b);
  int multiply(int a, int b);
  int divide(int a, int b);
  int pow(int a, int b);
  int integerPower(int a, int exponent);
  int negate(int a) { return unary(Op::negate, a); }
  int derivative(int y, int which);  ///< node of dy by the first (0) or second (1) operand

  std::vector<Node> nodes_;
  std::unordered_map<Key, int, Hash> known_;
};

/// op applied to numbers; b is not read by an operation of one operand.
double applyScalar(std::int32_t op, double a, double b);

}  // namespace nonconvex
