// The first ten lines of an AMPL .nl file.
#pragma once

#include "expressions/nl/contents.hpp"
#include "expressions/nl/input.hpp"

namespace nonconvex {

/// Reads them, which ends in binary mode for a binary file, and makes room for what they count. Integer variables are
/// marked unless they are to be relaxed.
NlContents readNlHeader(NlInput& in, bool relaxIntegers);

}  // namespace nonconvex
