// The functions of nonlinear programs, as JavaScript has them.
#pragma once

#include "methods/nlp/start.hpp"

namespace nonconvex {

class Reader;

/// The member `prepared`, which prepareQuadratic has made; null where there is none.
std::shared_ptr<PreparedQuadratic> readPrepared(const Reader& in);

/// Reads a request's `program` or `callbacks`, and where it begins if it has no `start`. Returns true if the program
/// takes long to compile.
bool readFunctions(const Reader& in, NlpStart& problem);

}  // namespace nonconvex
