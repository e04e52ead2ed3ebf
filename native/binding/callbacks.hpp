// Functions of the user that read and write vectors, for any solver.
#pragma once

#include <cstddef>
#include <initializer_list>

#include "binding/js.hpp"
#include "problems/vector_function.hpp"

namespace nonconvex {

/// The member `name`: { call, inputs, outputs }, as src/core/callbacks.ts makes it. `call(...numbers)` returns a
/// number; `inputs` and `outputs` are lists of Float64Array of at least these lengths. What it is given here and in
/// JavaScript are copies of one another, made before and after each call.
VectorFunction readVectorFunction(const Reader& in, const char* name, std::initializer_list<std::size_t> inputLengths,
                                  std::initializer_list<std::size_t> outputLengths);

}  // namespace nonconvex
