// Opcodes of AMPL's .nl files.
#pragma once

#include <optional>

#include "expressions/operators.hpp"

namespace nonconvex {

struct NlOpcode {
  int code;
  Op op;
  bool list;  ///< has any number of operands, which stands before them
};

// Opcodes that are no operation of ours.
constexpr int nlLess = 6;  ///< a - b where that is positive, otherwise 0
constexpr int nlSum = 54;  // the sum of any number of operands

/// Null: no operation has that opcode.
const NlOpcode* nlOpcode(int code);

/// How many operands an opcode has; -1: a list with its length before it. None: it cannot be read.
std::optional<int> nlOperands(int code);

/// AMPL's name of an opcode that has no derivative here; null: there is no such opcode.
const char* refusedNlOperator(int code);

}  // namespace nonconvex
