// From what an AMPL .nl file says to the model.
#pragma once

#include "expressions/nl/contents.hpp"
#include "expressions/nl/model.hpp"

namespace nonconvex {

/// Adds linear parts and the right-hand sides of equations to the nonlinear ones, and leaves out fixed variables.
NlModel assembleNl(NlContents contents, int objective);

}  // namespace nonconvex
