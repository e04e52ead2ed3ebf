// The contents of an AMPL .nl file, segment by segment, before they are a model.
#pragma once

#include <string>
#include <vector>

#include "expressions/graph.hpp"

namespace nonconvex {

struct NlLinearTerm {
  int variable;
  double coefficient;
};

/// The bounds of a value on either side; infinite: none.
struct NlSides {
  double lower, upper;
  bool equal() const { return lower == upper; }
};

struct NlContents {
  /// Linear terms of all rows of a kind: how many the header counts, and how many J or G segments have.
  struct Terms {
    long long expected = 0;
    long long read = 0;
  };

  int variables = 0;
  int constraints = 0;
  int objectives = 0;
  int defined = 0;  ///< common subexpressions
  Terms jacobianTerms;
  Terms gradientTerms;

  Graph graph{0};                   ///< the nonlinear parts, on all variables of the file
  std::vector<int> bodies;          ///< node of each constraint's nonlinear part; -1: not read
  std::vector<int> objectiveNodes;  ///< node of each objective's nonlinear part; -1: not read
  std::vector<char> maximise;       ///< true for each objective that is maximised
  std::vector<std::vector<NlLinearTerm>> rows;
  std::vector<std::vector<NlLinearTerm>> objectiveRows;
  std::vector<NlSides> sides;   ///< the sides of each constraint
  std::vector<NlSides> bounds;  ///< the bounds of each variable
  std::vector<double> start;
  std::vector<double> duals;
  std::vector<double> lowerDuals;  ///< one for each variable, from the suffix ipopt_zL_in; empty: the file has none
  std::vector<double> upperDuals;  ///< one for each variable, from the suffix ipopt_zU_in; empty: the file has none
  std::vector<char> integer;       ///< true for each variable that is to be an integer; all false: they are relaxed
  int functions = 0;               ///< imported functions
  std::vector<std::string> notes;  ///< what has been left out or relaxed, a sentence each

  bool haveStart = false;
  bool haveDuals = false;
  bool haveSides = false;
  bool haveBounds = false;
};

}  // namespace nonconvex
