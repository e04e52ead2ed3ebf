// The contents of operators.def: the operations of expressions with their names, numbers, operands and forms in .nl
// files.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>

namespace nonconvex {

/// The numbers are part of the serialised form.
enum class Op : std::int32_t {
#define UNARY(name, number, ...) name = number,
#define BINARY(name, number, ...) name = number,
#define OTHER(name, number) name = number,
#include "expressions/operators.def"
};

/// How many operands an operation has that goes element by element; 0: it does not.
constexpr int operandsOf(Op op) {
  switch (op) {
#define UNARY(name, ...) case Op::name:
#include "expressions/operators.def"
    return 1;
#define BINARY(name, ...) case Op::name:
#include "expressions/operators.def"
    return 2;
    default:
      return 0;
  }
}
constexpr bool isUnary(Op op) { return operandsOf(op) == 1; }
constexpr bool isBinary(Op op) { return operandsOf(op) == 2; }

struct Operation {
  Op op;
  const char* name;
  const char* nl;  ///< its form in a .nl file, as operators.def writes it; null: it has none
};

/// All operations, in the order of their numbers.
std::span<const Operation> operations();
/// Null if no operation has that number.
const Operation* operationOf(Op op);
std::string nameOf(Op op);

/// log(1 + exp(a)), without overflow.
inline double softplus(double a) { return a > 0 ? a + std::log1p(std::exp(-a)) : std::log1p(std::exp(a)); }

/// 1 / (1 + exp(-a)), without overflow.
inline double sigmoid(double a) {
  const double e = std::exp(-std::abs(a));
  return a >= 0 ? 1 / (1 + e) : e / (1 + e);
}

}  // namespace nonconvex
