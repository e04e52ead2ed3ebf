// Counts every allocation of the program: new and delete are replaced in programs with a test that includes this
// (allocations.cpp).
#pragma once

#include <atomic>

/// Allocations so far.
extern std::atomic<long> allocations;

/// Allocations of some steps of a solver, after one that may have set things up.
template <class Solver>
long allocationsOf(Solver& solver, int steps) {
  solver.start();
  solver.step();
  const long before = allocations;
  for (int k = 0; k < steps; ++k) {
    solver.step();
    solver.progress();
  }
  return allocations - before;
}
