// Any model as an AMPL .nl file in text form, for Ipopt and others.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "expressions/graph.hpp"

namespace nonconvex {

/// The data of a file beside f and c. Empty members are left out.
struct NlData {
  std::span<const double> start = {};              ///< x
  std::span<const double> multipliers = {};        ///< ours: L = f + y^T c - zL^T (x - xl) - zU^T (xu - x)
  std::span<const double> lowerMultipliers = {};   ///< zL, as the suffix ipopt_zL_in
  std::span<const double> upperMultipliers = {};   ///< zU, as the suffix ipopt_zU_in
  std::span<const double> lower = {}, upper = {};  ///< xl and xu; empty: none
  std::span<const double> constraintLower = {}, constraintUpper = {};  ///< cl and cu; empty: c(x) = 0
  std::span<const int> integers = {};                                  ///< the integer variables, in increasing order
  bool maximise = false;                                               ///< -f is written, which is to be maximised
};

/// min f(x) subject to cl <= c(x) <= cu and xl <= x <= xu as a .nl file. Parameters are written with their values.
/// Integer variables stand behind the others, as the format has them.
std::string nlText(const Graph& graph, const NlData& data = {});

/// Writes it to `path`, and names, one a line, to the .col and .row files beside it unless they are empty: those of
/// variables in the order of the file. Throws a SolverError WRITE_FAILED.
void writeNl(const std::string& path, const Graph& graph, const NlData& data = {},
             std::span<const std::string> variableNames = {}, std::span<const std::string> constraintNames = {});

}  // namespace nonconvex
