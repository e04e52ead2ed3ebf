// Any model as an AMPL .nl file in text form, for Ipopt and others.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "expressions/graph.hpp"

namespace nonconvex {

struct NlStart {
  std::span<const double> x;            ///< empty: none
  std::span<const double> multipliers;  ///< ours, L = f + lambda^T c; empty: none
};

/// min f(x) subject to c(x) = 0 as a .nl file. Parameters are written with their values.
std::string nlText(const Graph& graph, NlStart start = {});

/// Writes it to `path`, and names, one a line, to the .col and .row files beside it unless they are empty. Throws a
/// SolverError WRITE_FAILED.
void writeNl(const std::string& path, const Graph& graph, NlStart start = {},
             std::span<const std::string> variableNames = {}, std::span<const std::string> constraintNames = {});

}  // namespace nonconvex
