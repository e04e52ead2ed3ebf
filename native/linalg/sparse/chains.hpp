// Long chains of variables, as tridiagonal matrices have: recurrences in which each number waits for the one before.
//
// A chain is cut into parts that run side by side, each from a guess of what the part before it hands on. A recurrence
// forgets how it began, unless the matrix is nearly singular, so that soon the numbers are those that they should be.
// Then each part is done again from what it is really given, up to the first number that comes out the same, since from
// there on all would. So results are those of the plain recurrence to the last bit, however good the guess was; only a
// zero may have the other sign.
#pragma once

#include "linalg/sparse/front_memory.hpp"

namespace nonconvex {

/// Eliminates the chain that begins at front f, with the arithmetic of its fronts one by one. False where a front might
/// not be plain: then they are to be done one by one.
bool eliminateChain(const FrontMemory& memory, int f);

/// x := L^{-1} x for the chain that begins at front f, into `memory.chained`.
void forwardChain(const FrontMemory& memory, int f, double* x, double* owed);

/// x := L^{-T} D^{-1} x for the chain that begins at front f, from `memory.chained`.
void backwardChain(const FrontMemory& memory, int f, double* x);

}  // namespace nonconvex
