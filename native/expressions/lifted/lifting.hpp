// The lifted form of a graph.
#pragma once

#include <span>

#include "expressions/graph.hpp"
#include "expressions/lifted/lifted_program.hpp"

namespace nonconvex {

/// The lifted form of a graph with these values of all parameters. Throws a SolverError UNSUPPORTED that names an
/// operation which no relaxation is known of: `where`, comparisons and `atan2`. Calls `watch` before each small part of
/// the work.
LiftedProgram liftedProgram(const Graph& graph, std::span<const double> parameters, const LiftedBounds& bounds,
                            const LiftingWatch& watch = {});

}  // namespace nonconvex
