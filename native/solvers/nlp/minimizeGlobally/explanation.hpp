// Sentences about what keeps a global search from its end.
#pragma once

#include <span>
#include <string>

#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// Why no bound of the objective is known where one point has the objective `best`: the variables without bounds, or
/// else the functions without any.
std::string whatHasNoBounds(const LiftedProgram& program, double best);

/// The atoms at which the relaxations of the boxes differ most from the model.
std::string whatIsStalled(const LiftedProgram& program, std::span<const int> atoms);

}  // namespace nonconvex
