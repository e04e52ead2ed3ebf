// AMPL's .nl files (D. M. Gay, "Writing .nl files", Sandia report SAND2005-7907P), text and binary.
#pragma once

#include <limits>
#include <span>
#include <string>

#include "expressions/nl/model.hpp"

namespace nonconvex {

struct NlOptions {
  int objective = 1;           ///< AMPL's objno: which objective counts, from 1; 0: f = 0
  bool relaxIntegers = false;  ///< true if integer variables may be any number between their bounds
  double maxBytes =
      std::numeric_limits<double>::quiet_NaN();  ///< largest size of the file; NaN: a tenth of the available memory
};

/// Throws a SolverError: FILE_NOT_FOUND; OUT_OF_MEMORY for a file of more than maxBytes; INVALID_FILE for what is cut
/// off or corrupt; UNSUPPORTED for imported functions, logical constraints, complementarity and what has no derivative.
/// Both name the line, or the byte of a binary file. A RangeError when there is no such objective; 1 is always one.
NlModel readNl(const std::string& path, NlOptions options = {});

/// Reads a file from memory; `name` is for messages.
NlModel parseNl(std::span<const char> bytes, const std::string& name, NlOptions options = {});

}  // namespace nonconvex
