// Columns of a lifted program as formulas of the model's variables, for messages.
#pragma once

#include <string>

#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// The formula of a column: `x[3]`, `sin(x[3])`, `x[0] * (x[1] - 2 x[2])`; what is deep inside is `...`.
std::string formulaOf(const LiftedProgram& program, int column);

}  // namespace nonconvex
