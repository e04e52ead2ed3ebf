// The model that an AMPL .nl file states.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expressions/graph.hpp"

namespace nonconvex {

/// min f(x) subject to cl <= c(x) <= cu and xl <= x <= xu as the file states it. c is the body of a row, minus its
/// right-hand side where it is an equation, so that cl = cu = 0 there.
///
/// Variables whose bounds are equal are replaced by their value: x is the file's variables without them. An integer
/// variable whose bounds are a fraction stays, since no value of it is admissible. A maximisation
/// is read as the minimisation of -f. The multipliers are ours, L = f + y^T c - zL^T (x - xl) - zU^T (xu - x) with the
/// f that is minimised; AMPL's duals are the derivatives of the file's objective by the right-hand sides: -y, or y
/// where it maximises.
struct NlModel {
  Graph graph{0};
  std::optional<Graph> whole;                ///< the graph on all variables of the file, if it fixes some
  std::vector<double> start;                 ///< values of x; 0 where the file has none
  std::vector<double> multipliers;           ///< 0 where the file has none
  std::vector<double> variableLower;         ///< xl; -infinity: none
  std::vector<double> variableUpper;         ///< xu; infinity: none
  std::vector<int> integers;                 ///< places in x of the integer variables, in increasing order
  std::vector<double> constraintLower;       ///< cl; -infinity: none
  std::vector<double> constraintUpper;       ///< cu; infinity: none
  std::vector<double> lowerMultipliers;      ///< zL, from the suffix ipopt_zL_in; empty: the file has none
  std::vector<double> upperMultipliers;      ///< zU, from the suffix ipopt_zU_in; empty: the file has none
  bool maximise = false;                     ///< the file's objective is -f
  std::vector<int> modelVariable;            ///< place in x of each of the file's variables, -1 for a fixed one
  std::vector<double> fixedValues;           ///< value of each of the file's variables that is fixed, otherwise 0
  std::vector<std::string> variableNames;    ///< names of x, from the .col file beside it; empty without one
  std::vector<std::string> constraintNames;  ///< names of c, from the .row file; empty without one
  std::vector<std::string> notes;            ///< what has been left out or relaxed, a sentence each
};

}  // namespace nonconvex
