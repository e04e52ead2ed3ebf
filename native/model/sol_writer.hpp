// The .sol file with which a solver answers AMPL, Pyomo or JuMP.
#pragma once

#include <span>
#include <string>

#include "model/nl_reader.hpp"

namespace nonconvex {

struct SolResult {
  std::string message;        ///< one or more lines
  int code = 0;               ///< 0 solved, 100 solved?, 200 infeasible, 300 unbounded, 400 limit, 500 failure
  std::span<const double> x;  ///< of the model; empty: none
  std::span<const double> multipliers;  ///< ours, L = f + lambda^T c; empty: none
};

/// In the file's terms: all of its variables, fixed ones too, and duals with AMPL's sign.
std::string solText(const NlModel& model, const SolResult& result);

/// Throws a SolverError WRITE_FAILED.
void writeSol(const std::string& path, const NlModel& model, const SolResult& result);

}  // namespace nonconvex
