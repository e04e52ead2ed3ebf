// The segments of an AMPL .nl file.
#pragma once

#include <span>
#include <string>

#include "expressions/nl/contents.hpp"

namespace nonconvex {

/// Reads the whole file. Throws a SolverError as `readNl` does.
NlContents readNlContents(std::span<const char> bytes, const std::string& name, bool relaxIntegers);

}  // namespace nonconvex
