// Conditions and if-then-else of AMPL's .nl files, made so that the branch that is not taken does no harm.
#pragma once

#include <span>

#include "expressions/graph.hpp"

namespace nonconvex {

// Opcodes of logic.
constexpr int nlIf = 35;

/// How many operands a condition's opcode has; -1: a list with its length before it; 0: it is no condition.
int nlConditionOperands(int code);

/// The node of a comparison or of a combination of conditions: 1 where it holds, otherwise 0.
int nlCondition(Graph& graph, int code, std::span<const int> operands);

/// `yes` where the condition holds, otherwise `no`. What is not finite in the branch that is not taken, values or
/// derivatives, does not reach the result: operands of logarithms, quotients and the like are replaced there by numbers
/// at which these are smooth.
int nlSelect(Graph& graph, int condition, int yes, int no);

}  // namespace nonconvex
