// AMPL's .nl files (D. M. Gay, "Writing .nl files", Sandia report SAND2005-7907P), text and binary.
#pragma once

#include <span>
#include <string>

#include "expressions/nl/model.hpp"

namespace nonconvex {

/// Throws a SolverError: FILE_NOT_FOUND; INVALID_FILE for what is cut off or corrupt; UNSUPPORTED for integer
/// variables, inequalities, bounds, imported functions, logic, complementarity and what has no derivative. Both name
/// the line, or the byte of a binary file. `objective` is AMPL's objno: which objective counts, from 1; 0: f = 0. A
/// RangeError when there is no such objective; 1 is always one.
NlModel readNl(const std::string& path, int objective = 1);

/// Reads a file from memory; `name` is for messages.
NlModel parseNl(std::span<const char> bytes, const std::string& name, int objective = 1);

}  // namespace nonconvex
