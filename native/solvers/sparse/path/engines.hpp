// Which engine fits the models of a path.
#pragma once

#include <memory>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// The engine for the penalty of the settings.
std::unique_ptr<PathEngine> makePathEngine(const Cpu& la, const SparseData& data, const SparseProblem& problem,
                                           const SparseSettings& settings);

}  // namespace nonconvex
